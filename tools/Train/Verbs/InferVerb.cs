using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using CommandLine;
using CommandLine.Text;
using Idsnn.Datasets;
using Idsnn.Engine;
using Idsnn.Training;

namespace Idsnn.Tools.Train;

[Verb("infer", HelpText = "Say what images show, after each time-step: infer IMAGE|FOLDER... --checkpoint FILE.")]
internal sealed class InferVerb : Verb
{
    [Value(0, MetaName = "IMAGE", HelpText = "Image files (.png, .jpg, .bmp), or folders of them.")]
    public override IEnumerable<string> Operands { get; set; } = [];

    [Option("checkpoint", Required = true, HelpText = "The network.")]
    public string CheckpointFile { get; set; } = string.Empty;

    [Option('T', "timesteps", HelpText = "Run a spiking network for another number of time-steps than it was trained for.")]
    public int? Timesteps { get; set; }

    [Option("image-size", HelpText = "Pixels a side that images are scaled and cropped to; those of the training images if left out.")]
    public int? ImageSize { get; set; }

    [Option('b', "batch-size", Default = 64, HelpText = "Images at a time.")]
    public int BatchSize { get; set; }

    [Option("json", HelpText = "Write the results to this file as well.")]
    public string? JsonFile { get; set; }

    [Option("seed", Default = 0ul, HelpText = "Of the Poisson encoder.")]
    public ulong Seed { get; set; }

    [Option("device", HelpText = "auto, cuda[:i], opencl[:i] or cpu; else the environment's IDSNN_DEVICE, else auto.")]
    public string? DeviceName { get; set; }

    public override int MaxOperands => int.MaxValue;

    [Usage(ApplicationAlias = "dotnet run -c Release --project tools/Train --")]
    public static IEnumerable<Example> Examples =>
    [
        new("All images of a folder", new InferVerb { Operands = ["photos"], CheckpointFile = "runs/NAME/checkpoints/best.safetensors" }),
    ];

    public override int Run(Session session)
    {
        if (BatchSize < 1) throw new ArgumentException($"--batch-size must be at least 1, got {BatchSize}");
        if (Timesteps is < 1) throw new ArgumentException($"--timesteps must be at least 1, got {Timesteps}");
        if (ImageSize is < 8 or > 512) throw new ArgumentException($"--image-size must be from 8 to 512, got {ImageSize}");
        ResultFile.Require("--json", JsonFile);
        var checkpoint = Checkpoint.Load(CheckpointFile);
        var finder = new ImageFinder();
        string[] files = [.. Operands.SelectMany(finder.ImagesAt)];
        if (files.Length == 0) throw new ArgumentException("name image files, or folders of them: infer IMAGE... --checkpoint FILE");
        foreach (string note in finder.Notes) session.Log(note);
        var images = ImageFolder.ReadFiles(files, new int[files.Length], ImageSize ?? checkpoint.Info.ImageSize);
        using var device = DeviceCatalog.Open(DeviceName);
        using var model = checkpoint.Build(device, Timesteps);
        var readOuts = ReadOuts.Of(model, images, checkpoint.Info.Normalization, BatchSize, Seed, null, session.Cancellation);
        List<ImagePrediction> results = [.. files.Select((file, i) => Result(file, i, readOuts, checkpoint.Info.ClassNames))];
        int width = Math.Max(5, files.Max(file => SafeText.Of(file).Length));
        foreach (var result in results) session.Log(result.ToLine(width));
        ResultFile.Write(JsonFile, JsonSerializer.Serialize(results, InferJson.Default.ListImagePrediction));
        return 0;
    }

    private static ImagePrediction Result(string file, int i, ReadOuts readOuts, IReadOnlyList<string> names)
    {
        var steps = readOuts.Predicted.Zip(
            readOuts.Confidence, (predicted, confidence) => new StepPrediction(names[predicted[i]], confidence[i]));
        return new ImagePrediction(file, names[readOuts.Final[i]], readOuts.Confidence[^1][i], [.. steps]);
    }
}

/// <summary>What a network says of an image.</summary>
internal sealed record ImagePrediction(string File, string Class, double Confidence, IReadOnlyList<StepPrediction> ByTimestep)
{
    public string ToLine(int width)
    {
        string steps = ByTimestep.Count == 1 ? string.Empty : "  by step: "
            + string.Join(
                ", ",
                ByTimestep.Select(
                    step => string.Create(CultureInfo.InvariantCulture, $"{SafeText.Of(step.Class)} {step.Confidence:P0}")));
        return string.Create(
            CultureInfo.InvariantCulture, $"{SafeText.Of(File).PadRight(width)}  {SafeText.Of(Class)} {Confidence:P1}{steps}");
    }
}

/// <summary>What it says after a number of time-steps.</summary>
internal sealed record StepPrediction(string Class, double Confidence);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(List<ImagePrediction>))]
internal sealed partial class InferJson : JsonSerializerContext;
