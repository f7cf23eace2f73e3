using Idsnn.Datasets;
using Idsnn.Engine;
using Idsnn.Models;
using Idsnn.Training;

namespace Idsnn.Tests.Training;

/// <summary>
/// Whole trainings in bf16: under a teacher, with a smaller last batch, tests, steps that are looked at and an insight at the end. On a
/// CUDA device with all it has; without one on the CPU accelerator, where the portable kernels multiply (tensor cores are emulated
/// elsewhere).
/// </summary>
[TestFixtureSource(nameof(Devices))]
[Category("Slow")]
public sealed class BFloat16TrainingTests(string name)
{
    private static readonly Dataset Images = Synthetic.Create(18, 4, 12, seed: 1);

    private Device device = null!;

    private static IEnumerable<string> Devices =>
        ["emulation", .. TestDevices.Present.Where(name => name.StartsWith("cuda", StringComparison.Ordinal))];

    [OneTimeSetUp]
    public void Open()
    {
        if (name == "emulation")
        {
            device = DeviceCatalog.OpenEmulation();
            foreach (var path in (FastPath[])[FastPath.Convolution, FastPath.InputGradient, FastPath.WeightGradient])
            {
                device.Switch(path, on: false);
            }

            device.Precision = Precision.BFloat16;
        }
        else
        {
            device = DeviceCatalog.Open(name, precision: Precision.BFloat16);
        }
    }

    [OneTimeTearDown]
    public void Close() => device?.Dispose();

    [TestCase(ModelKind.Spiking, 2, 17)]
    [TestCase(ModelKind.Spiking, 7, 17)]
    [TestCase(ModelKind.Sew, 2, 20)]
    [TestCase(ModelKind.Ms, 2, 17)]
    public void LookingChangesNothing(ModelKind kind, int timesteps, int layers)
    {
        var encoder = kind == ModelKind.Ms ? Encoder.Poisson : Encoder.Direct;
        var spec = new ModelSpec(kind, 18, 32, 10, Timesteps: timesteps, Neuron: new Neuron()) { Encoder = encoder };
        var (looked, seen) = Train(spec, looks: true);
        var (alone, _) = Train(spec, looks: false);

        Assert.That(alone.Keys, Is.EqualTo(looked.Keys));
        foreach (var (key, tensor) in looked) Assert.That(alone[key].Floats, Is.EqualTo(tensor.Floats), key);
        Assert.That(seen, Has.Count.EqualTo(4));
        foreach (var activity in seen)
        {
            Assert.That(activity.FiringRate, Is.InRange(0.01, 0.99));
            Assert.That(activity.Layers, Has.Count.EqualTo(layers));
            Assert.That(activity.Layers[0].FiringRates, Has.Count.EqualTo(timesteps));
        }
    }

    /// <summary>The second of four steps is skipped; gradients are clipped to a norm that the others exceed.</summary>
    [Test]
    public void StepsAreSkippedAndGradientsClipped()
    {
        var spec = new ModelSpec(ModelKind.Spiking, 18, 32, 10, Timesteps: 2, Neuron: new Neuron());
        var options = Tiny.Options(1, Objective.CrossEntropy, workers: 0, lr: 0.5) with
        {
            BatchSize = 5,
            Update = new UpdateOptions(new SgdOptions(0f, 0f), 1e-2f, OnNonFinite.Skip),
        };
        using var net = Network.Create(device, spec, seed: 1, Tiny.Lively);
        float[] Parameters() => [.. net.Parameters.SelectMany(parameter => parameter.ToArray())];
        var poison = new Poison();
        List<float[]> seen = [Parameters()];
        var watcher = new Watcher
        {
            StepDone = step =>
            {
                if (step == 2) poison.TakeBack();
                seen.Add(Parameters());
                if (step == 1) poison.Give(net);
            },
        };
        var result = Trainer.Train(net, null, Images, options, watcher);

        double[] lengths = [.. seen.Zip(seen.Skip(1), (x, y) => Math.Sqrt(x.Zip(y, (a, b) => Math.Pow((double)a - b, 2)).Sum()))];
        Assert.That(lengths, Is.EqualTo(new[] { 5e-3, 0, 5e-3, 5e-3 }).Within(1e-5));
        Assert.That(result.Epochs[0].Train.Images, Is.EqualTo(18 - 5));
    }

    private (IReadOnlyDictionary<string, StoredTensor> State, IReadOnlyList<NetworkActivity> Seen) Train(ModelSpec spec, bool looks)
    {
        const int epochs = 1;
        var options = Tiny.Options(epochs, new Objective(), workers: 0) with
        {
            BatchSize = 5,
            Augmentation = Augmentation.CropFlip with { CutMix = 0.5f },
            AverageDecay = 0.9f,
        };
        var normalization = new Normalization(Images.Mean, Images.Std);
        using var teacher = Network.Create(device, new ModelSpec(ModelKind.Ann, 18, 32, 10), seed: 2);
        using var student = Network.Create(device, spec, seed: 1, Tiny.Lively, normalization);
        using var state = new TrainingState("student", student, teacher, options);
        var monitor = new Watching(looks);
        new Trainer(state, Images, options, [monitor]).Run();
        Assert.That(float.IsFinite((float)state.Results.Single().Train.Loss));
        var insight = InsightMaker.Of("student", student, teacher.Spec, Images, 4, new EnergyCosts(2, 1));
        Assert.That(insight.Layers.Select(layer => layer.MeanRate).Max(), Is.GreaterThan(0));
        return (monitor.Last, monitor.Seen);
    }

    private sealed class Watching(bool looks) : ITrainingMonitor
    {
        public List<NetworkActivity> Seen { get; } = [];

        /// <summary>The state after the epoch.</summary>
        public IReadOnlyDictionary<string, StoredTensor> Last { get; private set; } = new Dictionary<string, StoredTensor>();

        public bool WantsActivity => looks;

        public void StepDone(TrainingState state, int stepsPerEpoch, double learningRate)
        {
            if (looks) Seen.Add(state.Activity!);
        }

        public void EpochDone(TrainingState state, EpochResult result) => Last = state.Save().Tensors.Tensors;
    }
}
