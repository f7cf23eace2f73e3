using Idsnn.Models;
using Idsnn.Training;

namespace Idsnn.Tests.Training;

public class EvaluatorTests(string name) : DeviceTests(name)
{
    [Test]
    public void MetricsAreMeansOverTheTestSetWhateverTheBatchSize([Values(1, 7, 30, 100)] int batchSize)
    {
        using var net = Trained();
        var metrics = Evaluator.Evaluate(net, Tiny.Dataset, batchSize);
        var (loss, accuracy) = ByHand(net);

        Assert.That(metrics.Images, Is.EqualTo(30));
        Assert.That(metrics.Accuracy, Is.EqualTo(accuracy).Within(1e-7));
        Assert.That(metrics.Loss, Is.EqualTo(loss).Within(1e-5));
        Assert.That(metrics.Terms, Is.EqualTo(Tiny.Terms(metrics.Loss)));
    }

    [Test]
    public void PoissonDrawsComeFromTheSeed()
    {
        using var net = Network.Create(
            Device, Tiny.Spiking with { Encoder = Encoder.Poisson }, seed: 1, Tiny.Lively, Tiny.Normalization);
        net.Forward(From([30, 12, 12, 3], TestImages()), Pass.Training);
        double Loss(ulong seed) => Evaluator.Evaluate(net, Tiny.Dataset, 10, seed).Loss;

        double once = Loss(1);

        Assert.That(Loss(1), Is.EqualTo(once));
        Assert.That(Loss(2), Is.Not.EqualTo(once));
    }

    [Test]
    public void ItStopsWhenCancelled()
    {
        using var net = Network.Create(Device, Tiny.Ann, seed: 1);

        Assert.That(
            () => Evaluator.Evaluate(net, Tiny.Dataset, 10, cancellation: new CancellationToken(canceled: true)),
            Throws.InstanceOf<OperationCanceledException>());
    }

    /// <summary>A network with running statistics of its own, and so with logits that differ between images.</summary>
    private INetwork Trained()
    {
        var net = Network.Create(Device, Tiny.Spiking, seed: 1, Tiny.Lively);
        for (int i = 0; i < 3; i++) net.Forward(From([30, 12, 12, 3], TestImages()), Pass.Training);
        return net;
    }

    private static float[] TestImages()
    {
        var (set, mean, std) = (Tiny.Dataset.Test, Tiny.Dataset.Mean, Tiny.Dataset.Std);
        return [.. set.Pixels.Select((x, i) => ((x / 255f) - mean[i % 3]) / std[i % 3])];
    }

    private (double Loss, double Accuracy) ByHand(INetwork net)
    {
        float[] logits = net.Forward(From([30, 12, 12, 3], TestImages()), Pass.Evaluation).ToArray();
        Assert.That(logits[..10], Is.Not.EqualTo(logits[10..20]), "images differ");
        double loss = 0, hits = 0;
        for (int i = 0; i < 30; i++)
        {
            double[] row = [.. logits.Skip(i * 10).Take(10).Select(x => (double)x)];
            int label = Tiny.Dataset.Test.Labels[i];
            loss += Math.Log(row.Sum(Math.Exp)) - row[label];
            if (row[label] == row.Max()) hits++;
        }

        return (loss / 30, hits / 30);
    }
}
