using CsCheck;
using Idsnn.Engine;
using Idsnn.Kernels.Ops;

namespace Idsnn.Tests;

public sealed class LifTests(string name) : DeviceTests(name)
{
    private static readonly Gen<(int T, int N, int Width)> Sizes =
        Gen.Select(Gen.Int[1, 6], Gen.Int[1, 3], Gen.OneOf(1, 3, 4, 7, 8, 12, 16));

    [Test]
    public void SpikesAndGradients(
        [Values] Surrogate surrogate, [Values] Reset reset, [Values] bool detachReset, [Values(1, 2, 4, 6)] int timesteps) =>
        Check(new Neuron(0.7f, 0.5f, 0.6f, surrogate, reset, detachReset), timesteps, 2, 5);

    [Test]
    public void SitesOfEveryLaneType() => Property.Holds(Sizes, 12, s => Check(new Neuron(), s.T, s.N, s.Width));

    [TestCase(0f)]
    [TestCase(1f)]
    public void NoLeakAndNoMemory(float decay) => Check(new Neuron(decay, 1f, 0.4f, DetachReset: false), 4, 1, 9);

    [Test]
    public void TheThresholdItselfDoesNotFire()
    {
        var x = From([3], 0.5f, MathF.BitIncrement(0.5f), MathF.BitDecrement(0.5f));
        Assert.That(Ops.Lif(x, new Neuron(Threshold: 0.5f), 1).ToArray(), Is.EqualTo(new[] { 0f, 1f, 0f }));
    }

    [Test]
    public void EquationTwoByHand()
    {
        // Decay ½, threshold 1. U: 0.8; 0.4 + 0.8 = 1.2 fires; hard reset: 0 + 0.8; soft reset: ½·0.2 + 0.8.
        var x = From([3, 1], 0.8f, 0.8f, 0.8f);
        Assert.That(Ops.Lif(x, new Neuron(0.5f, 1f), 3).ToArray(), Is.EqualTo(new[] { 0f, 1f, 0f }));
        var strong = From([3, 1], 0.8f, 0.8f, 0.95f);
        Assert.That(Ops.Lif(strong, new Neuron(0.5f, 1f), 3).ToArray(), Is.EqualTo(new[] { 0f, 1f, 0f }));
        Assert.That(Ops.Lif(strong, new Neuron(0.5f, 1f, Reset: Reset.Soft), 3).ToArray(), Is.EqualTo(new[] { 0f, 1f, 1f }));
    }

    [TestCase(0.3f, new[] { 0f, 1f, 0f, 0f })]
    [TestCase(0.6f, new[] { 1f, 0f, 1f, 0f })]
    [TestCase(0.9f, new[] { 1f, 1f, 1f, 1f })]
    public void IntegrateAndFireByHand(float current, float[] spikes)
    {
        // Threshold 1, u₀ = ½, soft reset, as conversion has it. 0.3: U = 0.8; 1.1 fires; 0.1 + 0.3; 0.7.
        var neuron = new Neuron(1f, 1f, Reset: Reset.Soft, Kind: NeuronKind.If, InitialMembrane: 0.5f, FiresAtThreshold: true);
        Assert.That(Ops.Lif(From([4, 1], current, current, current, current), neuron, 4).ToArray(), Is.EqualTo(spikes));
    }

    [Test]
    public void TheThresholdItselfFiresWhereItIsToldTo([Values(0.5f, 1e-30f, 3e38f)] float threshold)
    {
        var x = From([3], threshold, MathF.BitIncrement(threshold), MathF.BitDecrement(threshold));
        Assert.That(
            Ops.Lif(x, new Neuron(Threshold: threshold, FiresAtThreshold: true), 1).ToArray(), Is.EqualTo(new[] { 1f, 1f, 0f }));
    }

    [Test]
    public void WithAnInitialMembrane(
        [Values(NeuronKind.Lif, NeuronKind.If)] NeuronKind kind, [Values(-0.4f, 0.25f)] float initial, [Values] bool atThreshold,
        [Values] Reset reset, [Values] bool detachReset) => Check(
        new Neuron(
            kind == NeuronKind.If ? 1f : 0.7f, 0.5f, 0.6f, Surrogate.Triangle, reset, detachReset, kind, initial, atThreshold), 4, 2, 5);

    [Test]
    public void AnInitialMembraneLeaksOnceBeforeTheFirstStep()
    {
        var neuron = new Neuron(0.5f, 1f, InitialMembrane: 0.8f);
        Assert.That(Ops.Lif(From([2], 0.6f, 0.61f), neuron, 1).ToArray(), Is.EqualTo(new[] { 0f, 1f }));
    }

    [Test]
    public void ATrainedDecay([Values] Surrogate surrogate, [Values] Reset reset, [Values] bool detachReset, [Values(1, 4)] int timesteps)
    {
        const int n = 2, width = 5;
        const float weight = 0.4f;
        var neuron = new Neuron(0.7f, 0.5f, 0.6f, surrogate, reset, detachReset, NeuronKind.Plif);
        ReferenceNeuron At(double w) => Reference(neuron, timesteps, n * width, 1 / (1 + Math.Exp(-w)));
        float[] x = Currents.Clear(new Draw(100 * timesteps), At(weight));
        double[] membranes = LifReference.Forward(x.Widen(), At(weight)).Membranes;
        var primitive = Surrogates.Of(surrogate).Primitive;
        GradientCheck.Run(
            Device,
            t => Ops.Lif(t[0], neuron, timesteps, decay: Ops.Sigmoid(t[1])),
            t => LifReference.StandIn(t[0], membranes, At(t[1][0]), primitive),
            new Operand("x", [timesteps * n, width], x),
            new Operand("w", [1], [weight]));
    }

    [Test]
    public void ATrainedDecaysGradientIsAddedUpTheSameWayEachTime([Values(1, 3, 16)] int channels)
    {
        const int timesteps = 3;
        Shape shape = [timesteps * 2, 13, 11, channels];
        float[] x = new Draw(1).Fill(shape, -0.6f, 1.6f), dY = new Draw(2).Fill(shape);
        var neuron = new Neuron(0.7f, Kind: NeuronKind.Plif);
        float[] gradients = [.. Enumerable.Range(0, 2).Select(_ => Gradient())];
        double expected = LifReference.Backward(
            x.Widen(), dY.Widen(), Reference(neuron, timesteps, shape.Size / timesteps, 0.7f), RectangleAt).Decay;
        Assert.That(gradients[0], Is.EqualTo(expected).Within(1e-4).Percent);
        Assert.That(gradients[1], Is.EqualTo(gradients[0]));

        static double RectangleAt(double v, double width) => Math.Abs(v) < width ? 0.5 / width : 0;

        float Gradient()
        {
            using var decay = Tensor.Parameter(Device, [1], [0.7f]);
            using var tape = new Tape();
            tape.Backward(Contraction.Of(Ops.Lif(From(shape, x), neuron, timesteps, decay: decay), dY));
            return decay.Gradient!.Item();
        }
    }

    [Test]
    public void NoStateSurvivesACall()
    {
        var x = From([2, 1], 0.45f, 0.3f);
        float[] first = Ops.Lif(x, new Neuron(), 2).ToArray();
        Assert.That(Ops.Lif(x, new Neuron(), 2).ToArray(), Is.EqualTo(first));
    }

    [Test]
    public void WrongArgumentsAreRefused()
    {
        var x = Tensor.Full(Device, [6, 2], 1f);
        Failure.Says("Lif: x must be [T·N, ...] with T = 4 at least 1, got [6, 2]", () => Ops.Lif(x, new Neuron(), 4));
        Failure.Says("Lif: x must be [T·N, ...] with T = 0 at least 1, got [6, 2]", () => Ops.Lif(x, new Neuron(), 0));
        Failure.Says(
            "Lif: decay must lie in [0, 1] and the surrogate's width above 0, got 1.5 and 0.5", () => Ops.Lif(x, new Neuron(1.5f), 2));
        Failure.Says(
            "Lif: decay must lie in [0, 1] and the surrogate's width above 0, got 0.25 and 0",
            () => Ops.Lif(x, new Neuron(Width: 0f), 2));
        Failure.Says(
            "Lif: an IF neuron leaks nothing: its decay must be 1, got 0.25", () => Ops.Lif(x, new Neuron(Kind: NeuronKind.If), 2));
        Failure.Says(
            "Lif: a PLIF neuron, and no other, takes its decay as a tensor [1]; got none for Plif",
            () => Ops.Lif(x, new Neuron(Kind: NeuronKind.Plif), 2));
        Failure.Says(
            "Lif: a PLIF neuron, and no other, takes its decay as a tensor [1]; got [2] for Plif",
            () => Ops.Lif(x, new Neuron(Kind: NeuronKind.Plif), 2, decay: Tensor.Full(Device, [2], 0.5f)));
        Failure.Says(
            "Lif: a PLIF neuron, and no other, takes its decay as a tensor [1]; got [1] for Lif",
            () => Ops.Lif(x, new Neuron(), 2, decay: Tensor.Full(Device, [1], 0.5f)));
    }

    private void Check(Neuron neuron, int timesteps, int n, int width)
    {
        var reference = Reference(neuron, timesteps, n * width);
        float[] x = Currents.Clear(new Draw((100 * timesteps) + n), reference);
        var (membranes, spikes) = LifReference.Forward(x.Widen(), reference);
        var primitive = Surrogates.Of(neuron.Surrogate).Primitive;
        Assert.That(Ops.Lif(From([timesteps * n, width], x), neuron, timesteps).ToArray().Widen(), Is.EqualTo(spikes));
        GradientCheck.Run(
            Device,
            t => Ops.Lif(t[0], neuron, timesteps),
            t => LifReference.StandIn(t[0], membranes, reference, primitive),
            new Operand("x", [timesteps * n, width], x));
    }

    private static ReferenceNeuron Reference(Neuron neuron, int timesteps, int sites, double? decay = null) => new(
        new LifSpec(
            timesteps, sites, neuron.Decay, neuron.Threshold, neuron.Width, neuron.Reset == Reset.Soft, !neuron.DetachReset),
        decay, neuron.InitialMembrane, neuron.FiresAtThreshold);
}
