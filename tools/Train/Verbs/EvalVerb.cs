using System.Globalization;
using CommandLine;
using Idsnn.Engine;
using Idsnn.Models;
using Idsnn.Training;

namespace Idsnn.Tools.Train;

[Verb("eval", HelpText = "Measure a checkpoint on a test set.")]
internal sealed class EvalVerb : Verb
{
    [Option("checkpoint", Required = true, HelpText = "The checkpoint; it says which network and neuron it holds.")]
    public string CheckpointFile { get; set; } = string.Empty;

    [Option("model", HelpText = "Fail unless the checkpoint holds this model.")]
    public string? Model { get; set; }

    [Option('T', "timesteps", HelpText = "Run a spiking network for another number of time-steps than it was trained for.")]
    public int? Timesteps { get; set; }

    [Option("decay", HelpText = "Fail unless the checkpoint's neuron has this decay.")]
    public float? Decay { get; set; }

    [Option("threshold", HelpText = "Fail unless the checkpoint's neuron has this threshold.")]
    public float? Threshold { get; set; }

    [Option("dataset", Default = "synthetic", HelpText = "cifar10, cifar100, folder (of image files: train/CLASS/FILE, test/CLASS/FILE) or synthetic.")]
    public string DatasetName { get; set; } = string.Empty;

    [Option("data-path", Default = "data", HelpText = "Folder (or published .tar.gz) of the data set.")]
    public string DataPath { get; set; } = string.Empty;

    [Option("image-size", HelpText = "Height and width that a folder's images are scaled and cropped to; 32 if left out.")]
    public int? ImageSize { get; set; }

    [Option("limit-test", HelpText = "Use the first so many test images.")]
    public int? LimitTest { get; set; }

    [Option('b', "batch-size", Default = 64, HelpText = "Images at a time.")]
    public int BatchSize { get; set; }

    [Option("seed", Default = 0ul, HelpText = "Of the Poisson encoder.")]
    public ulong Seed { get; set; }

    [Option("device", HelpText = "auto, cuda[:i], opencl[:i] or cpu; else the environment's IDSNN_DEVICE, else auto.")]
    public string? DeviceName { get; set; }

    public override int Run(Session session)
    {
        if (BatchSize < 1) throw new ArgumentException($"--batch-size must be at least 1, got {BatchSize}");
        if (Timesteps is < 1) throw new ArgumentException($"--timesteps must be at least 1, got {Timesteps}");
        var checkpoint = Checkpoint.Load(CheckpointFile);
        var spec = checkpoint.Info.Model;
        RequireSame("model", Model is null ? null : CanonicalName(Model), spec.Name);
        RequireSame("decay", Decay, spec.Neuron?.Decay);
        RequireSame("threshold", Threshold, spec.Neuron?.Threshold);
        var dataset = Networks.For(checkpoint, CheckpointFile, DataSource.Load(DatasetName, DataPath, null, LimitTest, ImageSize));
        using var device = DeviceCatalog.Open(DeviceName);
        using var model = checkpoint.Build(device, Timesteps);
        var metrics = Evaluator.Evaluate(model, dataset, BatchSize, Seed, session.Cancellation);
        session.Log(string.Create(
            CultureInfo.InvariantCulture,
            $"{model.Spec.Name}, width {model.Spec.Width}, T = {model.Spec.Timesteps}, epoch {checkpoint.Info.Epoch}: "
            + $"accuracy {metrics.Accuracy:P2}, loss {metrics.Loss:F4} on {metrics.Images} images of {dataset.Name} ({device.Info.Id})"));
        return 0;
    }

    private static string CanonicalName(string name)
    {
        var (kind, depth) = ModelSpec.Parse(name);
        return new ModelSpec(kind, depth, 1, 2).Name;
    }

    private void RequireSame<T>(string what, T? asked, T? stored)
    {
        if (asked is not null && !asked.Equals(stored))
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture,
                $"{CheckpointFile} holds a network whose {what} is {(object?)stored ?? "none"}, not {asked}; leave --{what} out to use it as it is"));
        }
    }
}
