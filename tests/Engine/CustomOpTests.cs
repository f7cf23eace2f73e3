using Idsnn.Engine;
using Idsnn.Tests.Samples;

namespace Idsnn.Tests;

/// <summary>The operations of tests/Samples, which see nothing that is internal.</summary>
public sealed class CustomOpTests(string name) : DeviceTests(name)
{
    [Test]
    public void AKernelFromOutsideComputesAndHasItsGradient([Values(1, 16, 37, 4096)] int count) => GradientCheck.Run(
        Device,
        t => new Softsign().Apply(t[0]),
        t => [.. t[0].Select(x => x / (1 + Math.Abs(x)))],
        new Draw(count).Operand("x", [count], 0.1f, 3f));

    [Test]
    public void ItStandsInAChainOfOperations() => GradientCheck.Run(
        Device,
        t => new Softsign().Apply(Ops.Scale(new Softsign().Apply(Ops.Add(t[0], t[0])), 2f)),
        t => [.. t[0].Select(x => Sign(2 * Sign(2 * x)))],
        new Draw(1).Operand("x", [6, 5], 0.1f, 2f));

    [Test]
    public void AnInputMayHaveNoGradient()
    {
        using var a = Tensor.Parameter(Device, [2], [1f, 2f]);
        using var b = Tensor.Parameter(Device, [2], [3f, 5f]);
        using var tape = new Tape();
        var y = new Distance().Apply(a, b);
        tape.Backward(Contraction.Of(y, [1f, 2f]));

        Assert.That(y.ToArray(), Is.EqualTo(new[] { -2f, -3f }));
        Assert.That(a.Gradient!.ToArray(), Is.EqualTo(new[] { 1f, 2f }));
        Assert.That(b.Gradient, Is.Null);
    }

    [Test]
    public void SpikesComeAsNumbers()
    {
        var spikes = Ops.Lif(From([3], -1f, 0.6f, 2f), new Neuron(), 1);
        Assert.That(new Softsign().Apply(spikes).ToArray(), Is.EqualTo(new[] { 0f, 0.5f, 0.5f }));
    }

    [Test]
    public void WrongUseIsRefused()
    {
        using var x = Tensor.Parameter(Device, [2], [1f, 2f]);
        Failure.Says("Softsign: expects at least one input", () => new Softsign().Apply());
        using var tape = new Tape();
        var y = new Wrong(gradients: 2).Apply(x);
        Failure.Says("Wrong: the backward pass gave 2 gradients for 1 inputs", () => tape.Backward(Contraction.Of(y, [1f, 1f])));
        using var other = new Tape();
        var z = new Wrong(gradients: 1).Apply(x);
        Failure.Says("Wrong: the gradient of input 0 must be [2], got [3]", () => other.Backward(Contraction.Of(z, [1f, 1f])));
    }

    private static double Sign(double x) => x / (1 + Math.Abs(x));

    private sealed class Wrong(int gradients) : CustomOp
    {
        protected override Tensor Forward(IReadOnlyList<Tensor> inputs) => Ops.Scale(inputs[0], 1f);

        protected override IReadOnlyList<Tensor?> Backward(Tensor dY, IReadOnlyList<Tensor> inputs, Tensor y) =>
            [.. Enumerable.Range(0, gradients).Select(_ => Tensor.Full(dY.Device, [gradients == 1 ? 3 : 2], 0f))];
    }
}
