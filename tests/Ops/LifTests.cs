using CsCheck;
using Idsnn.Engine;
using Idsnn.Kernels;

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
    }

    private void Check(Neuron neuron, int timesteps, int n, int width)
    {
        var spec = new LifSpec(
            timesteps, n * width, neuron.Decay, neuron.Threshold, neuron.Width, neuron.Reset == Reset.Soft, !neuron.DetachReset);
        float[] x = Currents.Clear(new Draw((100 * timesteps) + n), spec);
        var (membranes, spikes) = LifReference.Forward(x.Widen(), spec);
        var primitive = Surrogates.Of(neuron.Surrogate).Primitive;
        Assert.That(Ops.Lif(From([timesteps * n, width], x), neuron, timesteps).ToArray().Widen(), Is.EqualTo(spikes));
        GradientCheck.Run(
            Device,
            t => Ops.Lif(t[0], neuron, timesteps),
            t => LifReference.StandIn(t[0], membranes, spec, primitive),
            new Operand("x", [timesteps * n, width], x));
    }
}
