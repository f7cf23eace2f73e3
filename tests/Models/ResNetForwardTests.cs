using Idsnn.Engine;
using Idsnn.Models;
using Idsnn.Tests.Training;
using Idsnn.Training;

namespace Idsnn.Tests.Models;

public class ResNetForwardTests(string name) : DeviceTests(name)
{
    // A γ at which evaluation-mode neurons of an untrained network still fire.
    private const float Lively = 4f;

    private static readonly Normalization Identity = new([0f, 0f, 0f], [1f, 1f, 1f]);

    [Test]
    public void EveryNetworkGivesLogits([ValueSource(typeof(Nets), nameof(Nets.OfEveryLayout))] ModelSpec spec)
    {
        using var net = Network.Create(Device, spec, seed: 1);
        using var other = Network.Create(Device, spec, seed: 2);
        var images = From([3, 9, 9, 3], Nets.Noise(1, 3, 9));
        var logits = net.Forward(images, Pass.Training);

        Assert.That(logits.Shape.ToString(), Is.EqualTo("[3, 10]"));
        Assert.That(logits.ToArray(), Has.All.Matches<float>(float.IsFinite));
        Assert.That(logits.ToArray(), Is.Not.EqualTo(other.Forward(images, Pass.Training).ToArray()));
        Assert.That(images.ToArray(), Is.EqualTo(Nets.Noise(1, 3, 9)), "the caller's images");
    }

    [Test]
    public void OddWidthsSizesAndWideStemsWork([Values(1, 5)] int width, [Values(1, 3)] int padding, [Values(8, 11)] int size)
    {
        var spec = Nets.Spec(ModelKind.Spiking, width: width) with { StemPadding = padding };
        using var net = Network.Create(Device, spec, seed: 1);

        var logits = net.Forward(From([2, size, size, 3], Nets.Noise(1, 2, size)), Pass.Evaluation);

        Assert.That(logits.Shape.ToString(), Is.EqualTo("[2, 10]"));
        Assert.That(logits.ToArray(), Has.All.Matches<float>(float.IsFinite));
    }

    [Test]
    public void EvaluationLeavesNoTrace([Values] ModelKind kind)
    {
        using var net = Network.Create(Device, Nets.Spec(kind), seed: 1, Lively);
        var images = From([3, 9, 9, 3], Nets.Noise(2, 3, 9));
        net.Forward(images, Pass.Training);
        float[] once = net.Forward(images, Pass.Evaluation).ToArray();
        float[] mean = net.Save()["bn1.running_mean"].Floats!;

        Assert.That(net.Forward(images, Pass.Evaluation).ToArray(), Is.EqualTo(once));
        Assert.That(net.Save()["bn1.running_mean"].Floats, Is.EqualTo(mean));
        Assert.That(net.Save()["bn1.num_batches_tracked"].Integers, Is.EqualTo(new[] { 1L }));
    }

    [Test]
    public void EvaluationOfAnImageDoesNotDependOnItsBatch([Values(ModelKind.Spiking, ModelKind.Ms)] ModelKind kind)
    {
        using var net = Network.Create(Device, Nets.Spec(kind), seed: 1, Lively);
        float[] images = Nets.Noise(3, 3, 9);
        net.Forward(From([3, 9, 9, 3], images), Pass.Training);
        float[] together = net.Forward(From([3, 9, 9, 3], images), Pass.Evaluation).ToArray();
        float[] last = net.Forward(From([1, 9, 9, 3], images.AsSpan(2 * 9 * 9 * 3)), Pass.Evaluation).ToArray();

        Assert.That(together[..Nets.Classes], Is.Not.EqualTo(last), "images differ");
        Close.To(together[(2 * Nets.Classes)..].Widen(), last, 1e-6, "the last image's logits");
    }

    [Test]
    public void PoissonDrawsComeFromSeedAndDraw()
    {
        var spec = Nets.Spec(ModelKind.Spiking) with { Encoder = Encoder.Poisson, Timesteps = 3 };
        using var net = Network.Create(Device, spec, seed: 1, Lively, new([0.5f, 0.5f, 0.5f], [0.25f, 0.25f, 0.25f]));
        var images = From([2, 9, 9, 3], Nets.Noise(4, 2, 9));
        net.Forward(images, Pass.Training);
        using var number = new DrawNumber(Device);
        float[] Logits(ulong seed, ulong draw)
        {
            number.Set(draw);
            return net.Forward(images, Pass.Evaluation with { Seed = seed, Draw = number }).ToArray();
        }

        float[] once = Logits(1, 0);

        Assert.That(Logits(1, 0), Is.EqualTo(once));
        Assert.That(Logits(1, 1), Is.Not.EqualTo(once));
        Assert.That(Logits(2, 0), Is.Not.EqualTo(once));
    }

    [Test]
    public void PoissonNeedsTheNormalisation() => Failure.Says(
        "the Poisson encoder needs to know how the images were normalised",
        () => _ = Network.Create(Device, Nets.Spec(ModelKind.Spiking) with { Encoder = Encoder.Poisson }, seed: 1));

    /// <summary>
    /// Direct encoding runs the stem once and repeats its output. A black-and-white image is its own Poisson code at every time-step,
    /// so the Poisson network runs the stem on T folded copies of it: both must agree, in training too.
    /// </summary>
    [Test]
    public void TheStemRunOnceEqualsTheStemRunOnFoldedCopies([Values(ModelKind.Spiking, ModelKind.Sew, ModelKind.Ms)] ModelKind kind)
    {
        var direct = Nets.Spec(kind) with { Timesteps = 3 };
        var draw = new Draw(5);
        float[] pixels = [.. Enumerable.Range(0, 4 * 9 * 9 * 3).Select(_ => (float)draw.Index(2))];
        var once = Run(direct, pixels);
        var folded = Run(direct with { Encoder = Encoder.Poisson }, pixels);

        foreach (string key in once.Keys) Close.To(folded[key].Widen(), once[key], 1e-5, key);
    }

    private Dictionary<string, float[]> Run(ModelSpec spec, float[] pixels)
    {
        using var net = Network.Create(Device, spec, seed: 3, Lively, Identity);
        using var labels = new Labels(Device, [1, 2, 3, 4]);
        var losses = Tiny.Backward(net, null, Objective.CrossEntropy, From([4, 9, 9, 3], pixels), labels);
        var state = net.State().ToDictionary(e => e.Name);
        return new()
        {
            ["logits"] = losses.Logits.ToArray(),
            ["running mean"] = state["bn1.running_mean"].Tensor!.ToArray(),
            ["running variance"] = state["bn1.running_var"].Tensor!.ToArray(),
            ["d conv1"] = state["conv1.weight"].Tensor!.Gradient!.ToArray(),
            ["d gamma"] = state["bn1.weight"].Tensor!.Gradient!.ToArray(),
            ["evaluation"] = net.Forward(From([4, 9, 9, 3], pixels), Pass.Evaluation).ToArray(),
        };
    }
}
