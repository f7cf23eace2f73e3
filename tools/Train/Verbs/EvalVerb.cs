using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using CommandLine;
using CommandLine.Text;
using Idsnn.Datasets;
using Idsnn.Engine;
using Idsnn.Models;
using Idsnn.Runs;
using Idsnn.Training;

namespace Idsnn.Tools.Train;

[Verb("eval", HelpText = "Measure a checkpoint on a test set, at one number of time-steps or several.")]
internal sealed class EvalVerb : Verb
{
    [Option("checkpoint", Required = true, HelpText = "The checkpoint; it says which network and neuron it holds.")]
    public string CheckpointFile { get; set; } = string.Empty;

    [Option("model", HelpText = "Fail unless the checkpoint holds this model.")]
    public string? Model { get; set; }

    [Option('T', "timesteps", HelpText = "Run a spiking network for other numbers of time-steps than it was trained for: 1,2,4,6.")]
    public string? Timesteps { get; set; }

    [Option("decay", HelpText = "Fail unless the checkpoint's neuron has this decay.")]
    public float? Decay { get; set; }

    [Option("threshold", HelpText = "Fail unless the checkpoint's neuron has this threshold.")]
    public float? Threshold { get; set; }

    [Setting]
    [Option("dataset", HelpText = "cifar10, cifar100, folder (of image files: train/CLASS/FILE, test/CLASS/FILE) or synthetic.")]
    public string? DatasetName { get; set; }

    [Setting]
    [Option("data-path", HelpText = "Folder (or published .tar.gz) of the data set.")]
    public string? DataPath { get; set; }

    [Setting]
    [Option("image-size", HelpText = "Height and width that a folder's images are scaled and cropped to; 32 if left out.")]
    public string? ImageSize { get; set; }

    [Setting]
    [Option("limit-test", HelpText = "Use the first so many test images.")]
    public string? LimitTest { get; set; }

    [Option('b', "batch-size", Default = 64, HelpText = "Images at a time.")]
    public int BatchSize { get; set; }

    [Option("confusion", HelpText = "Print which class is taken for which.")]
    public bool Confusion { get; set; }

    [Option("json", HelpText = "Write the results to this file as well.")]
    public string? JsonFile { get; set; }

    [Option("seed", Default = 0ul, HelpText = "Of the Poisson encoder.")]
    public ulong Seed { get; set; }

    [Option("device", HelpText = "auto, cuda[:i], opencl[:i] or cpu; else the environment's IDSNN_DEVICE, else auto.")]
    public string? DeviceName { get; set; }

    [Usage(ApplicationAlias = "dotnet run -c Release --project tools/Train --")]
    public static IEnumerable<Example> Examples =>
    [
        new(
            "Accuracy against the number of time-steps",
            new EvalVerb { CheckpointFile = "runs/NAME/checkpoints/best.safetensors", Timesteps = "1,2,4,6" }),
    ];

    public override int Run(Session session)
    {
        if (BatchSize < 1) throw new ArgumentException($"--batch-size must be at least 1, got {BatchSize}");
        int[] timesteps = Timesteps is null ? [] : Choice.Numbers("--timesteps", Timesteps);
        if (Array.Exists(timesteps, t => t < 1)) throw new ArgumentException($"--timesteps must be at least 1, got {timesteps.Min()}");
        ResultFile.Require("--json", JsonFile);
        var data = RunSettings.Read(Given()).Data;
        var checkpoint = Checkpoint.Load(CheckpointFile);
        var spec = checkpoint.Info.Model;
        RequireSame("model", Model is null ? null : CanonicalName(Model), spec.Name);
        RequireSame("decay", Decay, spec.Neuron?.Decay);
        RequireSame("threshold", Threshold, spec.Neuron?.Threshold);
        var dataset = CheckpointFit.For(checkpoint, CheckpointFile, DataSource.Load(data));
        foreach (string note in dataset.Notes) session.Log(note);
        using var device = DeviceCatalog.Open(DeviceName);
        var results = new List<EvalResult>();
        foreach (int t in timesteps.Length > 0 ? timesteps : [spec.Timesteps])
        {
            results.Add(Measure(device, checkpoint, t, dataset, session.Cancellation));
            session.Log(results[^1].ToString());
            if (Confusion) session.Log(Table(results[^1].Confusion, [.. dataset.ClassNames.Select(SafeText.Of)]));
        }

        ResultFile.Write(JsonFile, JsonSerializer.Serialize(results, EvalJson.Default.ListEvalResult));
        return 0;
    }

    private EvalResult Measure(Device device, Checkpoint checkpoint, int timesteps, Dataset dataset, CancellationToken cancellation)
    {
        using var model = checkpoint.Build(device, timesteps);
        var test = dataset.Test;
        var normalization = new Normalization(dataset.Mean, dataset.Std);

        // Compiles the kernels, so that they do not count.
        ReadOuts.Of(model, test.Take(Math.Min(BatchSize, test.Count)), normalization, BatchSize, Seed, null, cancellation);
        var clock = Stopwatch.StartNew();
        var readOuts = ReadOuts.Of(model, test, normalization, BatchSize, Seed, null, cancellation);
        double seconds = clock.Elapsed.TotalSeconds;
        var accuracies = readOuts.Accuracies(test.Labels);
        return new EvalResult(
            model.Spec.Name, model.Spec.Width, timesteps, checkpoint.Info.Epoch, dataset.Name, device.Info.Id, test.Count, accuracies[^1],
            readOuts.Losses.Average(loss => (double)loss), accuracies, test.Count / seconds,
            readOuts.Confusion(test.Labels, dataset.Classes));
    }

    /// <summary>Rows are classes, columns what they are taken for.</summary>
    private static string Table(int[][] counts, string[] names)
    {
        int width = Math.Max(6, names.Max(name => name.Length));
        var text = new StringBuilder(new string(' ', width));
        for (int k = 0; k < names.Length; k++)
        {
            text.Append(CultureInfo.InvariantCulture, $" {(names.Length <= 20 ? names[k] : $"{k}").PadLeft(width)}");
        }

        for (int k = 0; k < names.Length; k++)
        {
            text.AppendLine().Append(names[k].PadRight(width));
            foreach (int count in counts[k])
            {
                text.Append(CultureInfo.InvariantCulture, $" {count.ToString(CultureInfo.InvariantCulture).PadLeft(width)}");
            }
        }

        return text.ToString();
    }

    private static string CanonicalName(string name) => ModelName.Parse(name).ToString();

    private void RequireSame<T>(string what, T? asked, T? stored)
    {
        if (asked is not null && !asked.Equals(stored))
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture,
                $"{CheckpointFile} holds a network whose {what} is {(object?)stored ?? "none"}, not {asked}; leave --{what} out to use it "
                    + $"as it is"));
        }
    }
}

/// <summary>How good a network is at one number of time-steps.</summary>
internal sealed record EvalResult(
    string Model, int Width, int Timesteps, int Epoch, string Dataset, string Device, int Images, double Accuracy, double Loss,
    IReadOnlyList<double> AccuracyByTimestep, double ImagesPerSecond, int[][] Confusion)
{
    public override string ToString()
    {
        string steps = Timesteps == 1 ? string.Empty : $"; after 1 … {Timesteps} steps: "
            + string.Join(", ", AccuracyByTimestep.Select(accuracy => accuracy.ToString("P2", CultureInfo.InvariantCulture)));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Model}, width {Width}, T = {Timesteps}, epoch {Epoch}: accuracy {Accuracy:P2}, loss {Loss:F4} on {Images} images of "
                + $"{SafeText.Of(Dataset)} "
            + $"({Device}), {ImagesPerSecond:F1} images/s{steps}");
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(List<EvalResult>))]
internal sealed partial class EvalJson : JsonSerializerContext;
