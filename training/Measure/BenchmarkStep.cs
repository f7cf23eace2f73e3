using Idsnn.Engine;
using Idsnn.Models;

namespace Idsnn.Measure;

/// <summary>
/// The training step that is timed and profiled: teacher forward, student forward, backward, update, on data already there.
/// </summary>
internal sealed class BenchmarkStep : IDisposable
{
    private const int ImageSize = 32;

    private readonly Device device;
    private readonly INetwork model;
    private readonly INetwork? guide;
    private readonly TrainingStep step;
    private readonly StepGraph? graph;
    private readonly Tensor images;
    private readonly Labels labels;

    public BenchmarkStep(Device device, ModelSpec student, ModelSpec? teacher, int batch, bool graph = true)
    {
        if (student.Encoder != Encoder.Direct)
        {
            throw new ArgumentException($"a benchmark shows its images as they are: the encoder must be Direct, got {student.Encoder}");
        }

        this.device = device;
        ulong? seed = device.IsRehearsal ? null : 1;
        model = Network.Create(device, student, seed);
        guide = teacher is null ? null : Network.Create(device, teacher, seed + 1);
        step = new TrainingStep(
            model, guide, guide is null ? Objective.CrossEntropy : new Objective(), new UpdateOptions(new SgdOptions()), counts: false);
        Shape shape = [batch, ImageSize, ImageSize, ModelSpec.ImageChannels];
        var noise = new float[shape.Size];
        for (int i = 0; i < noise.Length && !device.IsRehearsal; i++) noise[i] = (2f * HostPhilox.Uniform(1, 0, (uint)i)) - 1f;
        images = Tensor.Persistent(device, shape, noise);
        step.Optimizer.SetRate(1e-3);
        this.graph = graph ? step.Repeat(Step) : null;
        labels = new Labels(device, [.. Enumerable.Range(0, batch).Select(i => i % student.Classes)]);
    }

    /// <summary>Bytes of the parameters' gradients.</summary>
    public long GradientBytes => 4L * model.Parameters.Sum(parameter => (long)parameter.Shape.Size);

    /// <summary>Kernels of a step; of a captured one, those that were captured.</summary>
    public long Launches { get; private set; }

    /// <summary>One step, and waits for it.</summary>
    public void Run()
    {
        if (graph is not null && device.Launcher.Profile is null) graph.Run();
        else Step();
        device.Synchronize();
    }

    private void Step()
    {
        long before = device.Launcher.Launches;
        using var scope = device.Scope();
        step.Update(step.Backward(images, labels), labels);
        Launches = device.Launcher.Launches - before;
    }

    public void Dispose()
    {
        graph?.Dispose();
        step.Dispose();
        guide?.Dispose();
        model.Dispose();
        images.Dispose();
        labels.Dispose();
    }
}
