using Idsnn.Engine;
using Idsnn.Models;

namespace Idsnn.Training;

/// <summary>The training step that is timed and profiled: teacher forward, student forward, backward, update, on data already there.</summary>
internal sealed class BenchmarkStep : IDisposable
{
    private const int ImageSize = 32;

    private readonly Device device;
    private readonly ResNet model;
    private readonly ResNet? guide;
    private readonly SgdOptimizer optimizer;
    private readonly TrainingStep step;
    private readonly Tensor images;
    private readonly Labels labels;

    public BenchmarkStep(Device device, ModelSpec student, ModelSpec? teacher, int batch)
    {
        this.device = device;
        model = new ResNet(device, student, seed: 1);
        guide = teacher is null ? null : new ResNet(device, teacher, seed: 2);
        optimizer = new SgdOptimizer(model.Parameters, new SgdOptions());
        step = new TrainingStep(model, guide, guide is null ? Objective.CrossEntropy : new Objective());
        Shape shape = [batch, ImageSize, ImageSize, ModelSpec.ImageChannels];
        var noise = new float[shape.Size];
        for (int i = 0; i < noise.Length; i++) noise[i] = (2f * CounterRandom.Uniform(1, 0, (uint)i)) - 1f;
        images = Tensor.Persistent(device, shape, noise);
        labels = new Labels(device, [.. Enumerable.Range(0, batch).Select(i => i % student.Classes)]);
    }

    /// <summary>Bytes of the parameters' gradients.</summary>
    public long GradientBytes => 4L * model.Parameters.Sum(parameter => (long)parameter.Shape.Size);

    /// <summary>One step, and waits for it.</summary>
    public void Run()
    {
        using var scope = device.Scope();
        step.Run(images, labels);
        device.Launcher.Profile?.Enter("update");
        optimizer.Step(1e-3);
        device.Synchronize();
    }

    public void Dispose()
    {
        optimizer.Dispose();
        guide?.Dispose();
        model.Dispose();
        images.Dispose();
        labels.Dispose();
    }
}
