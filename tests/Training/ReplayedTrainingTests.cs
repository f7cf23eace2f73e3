using Idsnn.Datasets;
using Idsnn.Engine;
using Idsnn.Kernels.Launch;
using Idsnn.Models;
using Idsnn.Training;
using ILGPU.Runtime.CPU;
using Device = Idsnn.Engine.Device;

namespace Idsnn.Tests.Training;

/// <summary>
/// A training whose steps are replayed, as CUDA devices do it, leaves the bytes of one that launches them: with steps between that are
/// looked at, smaller last batches, tests, mixed labels, Poisson draws, falling rates and averaged weights. On the CPU accelerator, which
/// can keep tables of addresses as CUDA devices do.
/// </summary>
[Category("Slow")]
public sealed class ReplayedTrainingTests
{
    private const int Epochs = 2, Steps = 4, Never = int.MaxValue;

    private static readonly UpdateOptions Guard = new(new SgdOptions(), 0.5f, OnNonFinite.Skip);

    private Device device = null!;
    private Run launched = null!;

    [OneTimeSetUp]
    public void LaunchEveryStep()
    {
        var context = DeviceCatalog.CreateContext();
        var accelerator = context.Devices.OfType<CPUDevice>().Single().CreateAccelerator(context);
        var plan = LaunchPlan.CpuAccelerator(Environment.ProcessorCount) with { HasAddresses = true };
        device = new Device(DeviceCatalog.List().Single(info => info.Kind == DeviceKind.Cpu), context, accelerator, plan, null);
        launched = Train(Never);
        device.EmulatesGraphs = true;
    }

    [OneTimeTearDown]
    public void Close() => device.Dispose();

    [Test]
    public void ReplayedStepsLeaveTheSameBytes()
    {
        var replayed = Train(Never);

        Assert.That(replayed.Launches.Count(count => count < launched.Launches.Min() / 2), Is.EqualTo(2), "steps that were replayed");
        Same(launched, replayed);
    }

    [Test]
    public void SoDoesATrainingThatIsResumed() => Same(launched, Train(stopAfter: Steps + 1));

    /// <summary>Gradients that are clipped, and two steps that are skipped: the second, and the third of the second epoch.</summary>
    [Test]
    public void GuardedStepsAreReplayedAndResumedTheSame([Values(2, Steps + 1)] int stopAfter)
    {
        device.EmulatesGraphs = false;
        var expected = Train(Never, Guard);
        device.EmulatesGraphs = true;
        var replayed = Train(Never, Guard);

        Assert.That(expected.Results.Select(result => result.Train.Images), Is.All.EqualTo(60 - 16));
        Assert.That(replayed.Launches.Count(count => count < expected.Launches.Min() / 2), Is.GreaterThan(0), "steps that were replayed");
        Same(expected, replayed);
        Same(expected, Train(stopAfter, Guard));
        Assert.That(expected.State["model.conv1.weight"].Floats, Is.Not.EqualTo(launched.State["model.conv1.weight"].Floats));
    }

    /// <summary>With an aligner that is trained too. Two steps are skipped, which the device's number of steps does not count.</summary>
    [Test]
    public void StepsOfAdamWAreReplayedAndResumedTheSame([Values(2, Steps + 1)] int stopAfter)
    {
        var features = new Objective(PerStep: true) { Further = [new FeatureDistillation(0.1f)] };
        var adamW = new UpdateOptions(new AdamWOptions(Beta2: 0.9), 0.5f, OnNonFinite.Skip);
        device.EmulatesGraphs = false;
        var expected = Train(Never, adamW, features);
        device.EmulatesGraphs = true;
        var replayed = Train(Never, adamW, features);

        Assert.That(replayed.Launches.Count(count => count < expected.Launches.Min() / 2), Is.GreaterThan(0), "steps that were replayed");
        Assert.That(expected.State["optimizer.step"].Floats, Is.EqualTo(new[] { (2f * Steps) - 2 }));
        Assert.That(expected.State.Keys, Has.Member("average.objective.aligner.weight").And.Member("exp_avg.objective.aligner.bias"));
        Assert.That(expected.State["objective.aligner.weight"].Floats!.Distinct().Count(), Is.GreaterThan(2), "the aligner is trained");
        Same(expected, replayed);
        Same(expected, Train(stopAfter, adamW, features));
    }

    [Test]
    public void AnUpdateOfAllParametersAtOnceLeavesWhatWouldNotBeFinite()
    {
        using Tensor first = Tensor.Parameter(device, [3], [1, 2, 3]), second = Tensor.Parameter(device, [1], [4]);
        using var optimizer = new SgdOptimizer(Tiny.Named(first, second), new SgdOptions(0.9f, 0f));
        using var scope = device.Scope();
        using (var tape = new Tape()) tape.Backward(Ops.Add(Contraction.Of(first, [1, float.NaN, 1]), Contraction.Of(second, [1])));
        optimizer.SetRate(0.5);
        optimizer.Step();

        Assert.That(SgdUpdate.Supports(device), Is.True);
        Assert.That(optimizer.Gate.Read(), Is.EqualTo((true, true)));
        Assert.That((float[])[.. first.ToArray(), .. second.ToArray()], Is.EqualTo(new[] { 0.5f, 2f, 2.5f, 3.5f }));
        Assert.That(optimizer.State.SelectMany(velocity => velocity.Tensor.ToArray()), Is.EqualTo(new[] { 1f, 0f, 1f, 1f }));
    }

    [TestCase("train")]
    [TestCase("test")]
    public void LabelsOfNoClassAreRefusedBeforeTheFirstStep(string which)
    {
        var bad = new ImageSet(new byte[2 * 12 * 12 * 3], [0, 10], 12, 12, 3);
        var dataset = which == "train" ? Tiny.Dataset with { Train = bad } : Tiny.Dataset with { Test = bad };
        using var net = Network.Create(device, Tiny.Ann, seed: 1);
        Failure.Says(
            $"the {which} set has label 10, which is not below the 10 classes of the network",
            () => Trainer.Train(net, null, dataset, Tiny.Options(1)));
    }

    [Test]
    public void MoreClassesThanTheNetworkHasAreRefused()
    {
        using var net = Network.Create(device, Tiny.Ann with { Classes = 9 }, seed: 1);
        Failure.Says(
            "the train set has label 9, which is not below the 9 classes of the network",
            () => Trainer.Train(net, null, Tiny.Dataset, Tiny.Options(1)));
    }

    private static void Same(Run expected, Run actual)
    {
        Assert.That(actual.Results, Is.EqualTo(expected.Results));
        Assert.That(actual.State.Keys, Is.EqualTo(expected.State.Keys));
        foreach (var (key, tensor) in expected.State)
        {
            Assert.That(actual.State[key].Integers, Is.EqualTo(tensor.Integers), key);
            Assert.That(actual.State[key].Floats, Is.EqualTo(tensor.Floats), key);
        }
    }

    private Run Train(int stopAfter, UpdateOptions? guard = null, Objective? objective = null)
    {
        bool guarded = guard is not null;
        var options = Tiny.Options(Epochs, objective ?? new Objective(PerStep: true), workers: 0) with
        {
            Schedule = new LearningRateSchedule(0.05, Epochs, ScheduleKind.Cosine, []),
            Augmentation = Augmentation.CropFlip with { Cutout = 4, CutMix = 0.5f },
            AverageDecay = 0.9f,
            Update = guard ?? Tiny.Update,
        };
        var poison = new Poison();
        using var stop = new CancellationTokenSource();
        var monitor = new Curious(device, (step, state) =>
        {
            if (guarded && step is 1 or Steps + 2) poison.Give(state.Model);
            if (guarded && step is 2 or Steps + 3) poison.TakeBack();
            if (step == stopAfter) stop.Cancel();
        });
        using var teacher = Network.Create(device, Tiny.Ann, seed: 2);
        using INetwork first = Net(), second = Net();
        using TrainingState begun = new("student", first, teacher, options), resumed = new("student", second, teacher, options);
        try
        {
            new Trainer(begun, Tiny.Dataset, options, [monitor], stop.Token).Run();
            return Of(begun, monitor);
        }
        catch (OperationCanceledException)
        {
            var (position, tensors) = begun.Save();
            resumed.Load(position, tensors);
            new Trainer(resumed, Tiny.Dataset, options, [monitor]).Run();
            return Of(resumed, monitor);
        }
    }

    private INetwork Net() =>
        Network.Create(device, Tiny.Spiking with { Encoder = Encoder.Poisson }, seed: 1, Tiny.Lively, Tiny.Normalization);

    private static Run Of(TrainingState state, Curious monitor) => new(
        [.. state.Results.Select(result => result with { Seconds = 0, ImagesPerSecond = 0 })], monitor.Last, monitor.Launches);

    /// <summary>How a training ended, and the launches of its steps.</summary>
    private sealed record Run(
        IReadOnlyList<EpochResult> Results, IReadOnlyDictionary<string, StoredTensor> State, IReadOnlyList<long> Launches);

    /// <summary>Looks at every fifth step.</summary>
    private sealed class Curious(Device device, Action<int, TrainingState> stepDone) : ITrainingMonitor
    {
        private long before = device.Launcher.Launches;

        public List<long> Launches { get; } = [];

        /// <summary>The state after the last epoch.</summary>
        public IReadOnlyDictionary<string, StoredTensor> Last { get; private set; } = new Dictionary<string, StoredTensor>();

        public bool WantsActivity => Launches.Count % 5 == 0;

        public void StepDone(TrainingState state, int stepsPerEpoch, double learningRate)
        {
            Launches.Add(device.Launcher.Launches - before);
            before = device.Launcher.Launches;
            stepDone(Launches.Count, state);
        }

        public void EpochDone(TrainingState state, EpochResult result)
        {
            Last = state.Save().Tensors.Tensors;
            before = device.Launcher.Launches;
        }
    }
}
