using Idsnn.Datasets;
using Idsnn.Engine;
using Idsnn.Measure;
using Idsnn.Models;
using Idsnn.Runs;
using Idsnn.Training;

namespace Idsnn.Tests.Training;

/// <summary>A rehearsal counts, to the byte, the memory that the training then takes, and takes none itself.</summary>
[Category("Slow")]
public sealed class RehearsalTests
{
    private const int Classes = 10;

    private static readonly ModelSpec Teacher = new(ModelKind.Ann, 18, 2, Classes);

    private static IEnumerable<string> Hosts => TestDevices.Present.Where(name => !name.StartsWith("cuda", StringComparison.Ordinal));

    [Test]
    public void ATrainingTakesWhatWasRehearsed(
        [ValueSource(nameof(Hosts))] string name, [Values] ModelKind kind, [Values] bool bottleneck)
    {
        // Averaged weights and losses per step take memory of their own.
        var (depth, average) = bottleneck ? (50, 0f) : (18, 0.9f);
        bool spikes = kind != ModelKind.Ann;
        var spec = new ModelSpec(kind, depth, 2, Classes, Timesteps: spikes ? 2 : 1, Neuron: spikes ? new Neuron() : null);
        var data = Synthetic.Create(3 * 4 + 1, 5, 16, 0);
        var objective = !spikes ? Objective.CrossEntropy : bottleneck ? new Objective { Further = [new FeatureDistillation(1f)] }
            : new Objective(PerStep: true);
        var options = new TrainingOptions(
            1, 4, new LearningRateSchedule(0.01, 1, ScheduleKind.Cosine, []),
            bottleneck ? Tiny.Update : new UpdateOptions(new SgdOptions(), 1f, OnNonFinite.Skip), objective,
            Augmentation.CropFlip, 0, 0, average);
        using var device = DeviceCatalog.Open(name, precision: Precision.Full);
        long expected = Rehearsal.Train(
            device, [new("teacher", Teacher, null), new("student", spec, options)], data, options.BatchSize);
        Assert.That((device.Memory.ReservedBytes, device.Launcher.Launches), Is.EqualTo((0, 0)), "the rehearsal's own");

        using var teacher = Network.Create(device, Teacher, 1);
        using var student = Network.Create(device, spec, 2);
        Trainer.Train(student, teacher, data, options);
        InsightMaker.Of("student", student, Teacher, data, options.BatchSize, new EnergyCosts());
        Assert.That(device.Memory.ReservedBytes, Is.EqualTo(expected));
    }

    [Test]
    public void ABenchmarkTakesWhatWasRehearsed()
    {
        using var device = DeviceCatalog.Open("cpu");
        var student = new ModelSpec(ModelKind.Spiking, 18, 2, Classes, Timesteps: 2, Neuron: new Neuron());
        long expected = Benchmark.Rehearse(device, student, Teacher, 2);
        Benchmark.Run(device, student, Teacher, 2, 1, graph: false);
        Assert.That(device.Memory.ReservedBytes, Is.EqualTo(expected));
    }

    [Test]
    public void ARehearsalEndsBeforeItsDevice()
    {
        using var device = DeviceCatalog.Open("cpu");
        using (var rehearsal = device.Rehearse())
        {
            var huge = Tensor.Full(rehearsal, [1 << 30], 1f);
            Assert.That(rehearsal.Memory.InUseBytes, Is.EqualTo(1L << 32));
            Assert.That(() => Ops.Add(huge, Tensor.Full(device, [1 << 3], 1f)), Throws.ArgumentException, "two devices");
            huge.Dispose();
        }

        Assert.That(Tensor.Full(device, [1], 2f).Item(), Is.EqualTo(2f), "the device goes on");
    }
}
