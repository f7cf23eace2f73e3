using Idsnn.Datasets;
using Idsnn.Engine;
using Idsnn.Models;
using Idsnn.Training;

namespace Idsnn.Tests.Training;

[Category("Slow")]
public class InsightTests(string name) : DeviceTests(name)
{
    private static ImageSet Test => Tiny.Dataset.Test;

    [Test]
    public void TheLastReadOutIsWhatEvaluationMeasures(
        [Values(Encoder.Direct, Encoder.Poisson)] Encoder encoder, [Values(7, 30)] int batchSize)
    {
        using var net = Lively(Tiny.Spiking with { Encoder = encoder });
        var readOuts = ReadOuts.Of(net, Test, Tiny.Normalization, batchSize, seed: 5);
        var metrics = Evaluator.Evaluate(net, Tiny.Dataset, batchSize, seed: 5);

        Assert.That(readOuts.Accuracies(Test.Labels)[^1], Is.EqualTo(metrics.Accuracy).Within(1e-9));
        Assert.That(readOuts.Losses.Average(), Is.EqualTo(metrics.Loss).Within(1e-4));
        Assert.That(readOuts.Predicted, Has.Count.EqualTo(2));
        Assert.That(readOuts.Predicted[0], Is.Not.EqualTo(readOuts.Final), "time makes a difference");
        Assert.That(readOuts.Confidence.SelectMany(c => c), Has.All.InRange(0.1f, 1f));
    }

    [Test]
    public void ConfusionCountsEveryImageOnce()
    {
        using var net = Lively(Tiny.Spiking);
        var readOuts = ReadOuts.Of(net, Test, Tiny.Normalization, 10);
        int[][] confusion = readOuts.Confusion(Test.Labels, 10);

        for (int k = 0; k < 10; k++) Assert.That(confusion[k].Sum(), Is.EqualTo(Test.Labels.Count(label => label == k)));
        Assert.That(Enumerable.Range(0, 10).Sum(k => confusion[k][k]) / 30.0, Is.EqualTo(readOuts.Accuracies(Test.Labels)[^1]));
    }

    /// <summary>The first of ResNet-19's two layers has neurons behind it, and runs at every time-step.</summary>
    [Test]
    public void AClassifierOfTwoLayersCountsItsFirstAtEachStep()
    {
        using var net = Lively(Tiny.Spiking with { Depth = 19, Timesteps = 3 });
        var insight = InsightMaker.Of("student", net, null, Tiny.Dataset, 16, new EnergyCosts());
        var layers = ModelSummary.Of(net.Spec, Test.Height).Layers.ToDictionary(layer => layer.Name, layer => layer.InnerMacs);

        Assert.That(insight.Energy.Macs, Is.EqualTo(layers["conv1"] + (3 * layers["fc1"]) + layers["fc2"]));
    }

    [Test]
    public void AnInsightHoldsWhatTheReportNeeds()
    {
        using var net = Lively(Tiny.Spiking);
        var insight = InsightMaker.Of("student", net, Tiny.Ann, Tiny.Dataset, 16, new EnergyCosts(2, 1));
        var (dense, teacher) = (ModelSummary.Of(Tiny.Spiking, 12), ModelSummary.Of(Tiny.Ann, 12));

        Assert.That(
            (insight.Network, insight.Images, insight.Samples.Count, insight.AccuracyByTimestep.Count), Is.EqualTo(("student", 30, 24, 2)));
        Assert.That(insight.Layers, Has.Count.EqualTo(17));
        Assert.That((insight.Layers[0].Name, insight.Layers[0].Shape, insight.Layers[^1].Shape), Is.EqualTo(("bn1", "12×12×3", "2×2×24")));
        Assert.That(insight.Layers.Select(layer => layer.MeanRate), Has.All.InRange(0, 1));
        Assert.That(insight.Layers[0].MeanRate, Is.GreaterThan(0));
        Assert.That(insight.TeacherEnergy, Is.EqualTo(new EnergyEstimate(teacher.InnerMacs, 0, 2, 1, teacher.Macs)));
        Assert.That(insight.Energy.Macs, Is.EqualTo(dense.Layers[0].InnerMacs + dense.Layers[^1].InnerMacs));
        Assert.That(insight.Energy.MacsWithPadding, Is.EqualTo(dense.Macs).And.GreaterThan(dense.InnerMacs));
        Assert.That(insight.Energy.Accumulates, Is.GreaterThan(0).And.LessThan(2.0 * dense.InnerMacs));
        Assert.That(insight.Energy.Microjoules, Is.EqualTo(((2 * insight.Energy.Macs) + insight.Energy.Accumulates) * 1e-6));
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("4.png"), Convert.FromBase64String(insight.Samples[4].Png));
        Assert.That(ImageFile.Load(folder.File("4.png")).Pixels, Is.EqualTo(Test.Image(4 * 30 / 24).ToArray()));
        Assert.That(
            insight.Samples.Select(sample => sample.Label), Is.EqualTo(Enumerable.Range(0, 24).Select(i => Test.Labels[i * 30 / 24])));
    }

    [Test]
    public void OutputsThatAreNoNumbersAreRefused()
    {
        using var net = Lively(Tiny.Spiking);
        var state = net.Save();
        state["fc.weight"].Floats!.AsSpan().Fill(3e38f);
        net.Load(state);

        Assert.That(
            () => ReadOuts.Of(net, Test, Tiny.Normalization, 10),
            Throws.InstanceOf<ArithmeticException>().With.Message.Match(
                "^the network's output for class [0-9] of image [0-9]+, both from 0, is .* at step [12]: its weights are out of range$"));
    }

    [Test]
    public void AnOrdinaryNetworkHasNoLayersThatFire()
    {
        using var net = Network.Create(Device, Tiny.Ann, seed: 1);
        var insight = InsightMaker.Of("teacher", net, null, Tiny.Dataset, 16, new EnergyCosts());
        var summary = ModelSummary.Of(Tiny.Ann, 12);

        Assert.That(
            (insight.Layers.Count, insight.AccuracyByTimestep.Count, insight.TeacherEnergy), Is.EqualTo((0, 1, (EnergyEstimate?)null)));
        Assert.That(insight.Energy, Is.EqualTo(new EnergyEstimate(summary.InnerMacs, 0, 4.6, 0.9, summary.Macs)));
    }

    [TestCase(0.5f, 0.5f, 0f, null)]
    [TestCase(0.5f, 1e-7f, 0f, "in bn1, layer1.0.bn1, layer1.0.bn2 and 14 more no membrane comes near the threshold")]
    [TestCase(1e6f, 0.5f, 0f, "hardly a neuron fires; lower the firing threshold")]
    [TestCase(0.5f, 0.5f, 1e6f, "nearly every neuron fires all the time; raise the firing threshold")]
    public void TroubleIsNamedOnce(float threshold, float width, float bias, string? warning)
    {
        using var net = Network.Create(Device, Tiny.Spiking with { Neuron = new Neuron(Threshold: threshold, Width: width) }, seed: 1);
        foreach (var entry in net.State().Where(entry => bias > 0 && entry.Name.EndsWith(".bias", StringComparison.Ordinal)))
        {
            entry.Tensor!.CopyFrom([.. Enumerable.Repeat(bias, entry.Tensor.Shape.Size)]);
        }

        var log = new List<string>();
        var result = Trainer.Train(net, null, Tiny.Dataset, Tiny.Options(2, lr: 1e-6), new TrainingWarnings(log.Add));

        if (warning is null) Assert.That(log, Is.Empty);
        else Assert.That(log, Has.One.Contains(warning).And.All.StartsWith("warning: network, epoch 1: "));
        Assert.That(result.Epochs[0].FiringRate, bias > 0 ? Is.GreaterThan(0.99) : threshold > 1 ? Is.Zero : Is.InRange(0.05, 0.7));
    }

    [Test]
    public void ABestEpochThatIsNotTheLastIsNoted()
    {
        var log = new List<string>();
        var warnings = new TrainingWarnings(log.Add);
        EpochResult Epoch(int epoch, double accuracy) =>
            EpochResult.Untrained(new Metrics(1, 1, Tiny.Terms(1), accuracy), 1) with { Epoch = epoch };
        warnings.Ended("student", new TrainingResult([Epoch(1, 0.5), Epoch(2, 0.5)]));
        Assert.That(log, Is.Empty);
        warnings.Ended("student", new TrainingResult([Epoch(1, 0.6), Epoch(2, 0.5)]));
        Assert.That(log.Single(), Does.StartWith("note: the best epoch of the student, 1, was picked by the test images"));
    }

    /// <summary>A network with running statistics of its own, and so with logits that differ between images.</summary>
    private INetwork Lively(ModelSpec spec)
    {
        var net = Network.Create(Device, spec, seed: 1, Tiny.Lively, Tiny.Normalization);
        Trainer.Train(net, null, Tiny.Dataset, Tiny.Options(2));
        return net;
    }
}
