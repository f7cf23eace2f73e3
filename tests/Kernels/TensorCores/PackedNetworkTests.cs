using Idsnn.Engine;
using Idsnn.Models;
using Idsnn.Training;

namespace Idsnn.Tests;

/// <summary>
/// Whole networks in bf16 on the emulation of a warp: that every op takes what the one before it leaves. Minutes on two cores, so only when
/// asked for by name: --filter FullyQualifiedName~PackedNetwork.
/// </summary>
[Explicit("takes minutes")]
public sealed class PackedNetworkTests : EmulatedTests
{
    [TestCase(ModelKind.Spiking)]
    [TestCase(ModelKind.Sew)]
    [TestCase(ModelKind.Ms)]
    [TestCase(ModelKind.Ann)]
    public void ATrainingStepRuns(ModelKind kind)
    {
        bool spiking = kind != ModelKind.Ann;
        var spec = new ModelSpec(kind, 18, 32, 10, Timesteps: spiking ? 2 : 1, Neuron: spiking ? new Neuron() : null);
        var images = Tensor.From(Device, [1, 8, 8, 3], new Draw(1).Fill([1, 8, 8, 3], -2f, 2f));
        using var labels = new Labels(Device, [3]);
        Device.Precision = Precision.BFloat16;
        try
        {
            using var student = Network.Create(Device, spec, seed: 1);
            using var teacher = spiking ? Network.Create(Device, new ModelSpec(ModelKind.Ann, 18, 32, 10), seed: 2) : null;
            var objective = spiking ? new Objective() : Objective.CrossEntropy;
            using var step = new TrainingStep(student, teacher, objective, new UpdateOptions(new SgdOptions()), counts: false);
            step.Optimizer.SetRate(0.1);
            float before = student.Parameters.First().ToArray()[0];
            var losses = step.Backward(images, labels);
            Assert.That(float.IsFinite(losses.Total.Item()));
            foreach (var parameter in student.Parameters) Assert.That(parameter.Gradient!.ToArray(), Is.All.Matches<float>(float.IsFinite));
            step.Update(losses, labels);
            Assert.That(student.Parameters.First().ToArray()[0], Is.Not.EqualTo(before));
        }
        finally
        {
            Device.Precision = Precision.Full;
        }
    }
}
