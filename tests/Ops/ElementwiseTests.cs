using Idsnn.Engine;

namespace Idsnn.Tests;

/// <summary>Add, Scale and ReLU, over counts on both sides of a multiple of sixteen.</summary>
public sealed class ElementwiseTests(string name) : DeviceTests(name)
{
    [Test]
    public void Add([Values(1, 15, 16, 17, 70)] int count)
    {
        var draw = new Draw(count);
        GradientCheck.Run(
            Device, t => Ops.Add(t[0], t[1]), t => [.. t[0].Zip(t[1], (a, b) => a + b)],
            draw.Operand("a", [count]), draw.Operand("b", [count]));
    }

    [Test]
    public void Scale([Values(1, 17)] int count) => GradientCheck.Run(
        Device, t => Ops.Scale(t[0], -2.5f), t => [.. t[0].Select(a => a * -2.5)], new Draw(count).Operand("a", [count]));

    [Test]
    public void Relu([Values(1, 17, 70)] int count)
    {
        // Away from the kink at 0, where finite differences mean nothing.
        var draw = new Draw(count);
        float[] x = [.. Enumerable.Range(0, count).Select(_ => draw.Next(0.1f, 1f) * (draw.Index(2) == 0 ? -1 : 1))];
        GradientCheck.Run(Device, t => Ops.Relu(t[0]), t => [.. t[0].Select(v => Math.Max(v, 0))], new Operand("x", [count], x));
    }

    [Test]
    public void ReluOfZeroIsZeroAndHasNoSlope()
    {
        using var x = Tensor.Parameter(Device, [2], [0f, 1f]);
        using var tape = new Tape();
        var y = Ops.Relu(x);
        tape.Backward(Contraction.Of(y, [3f, 3f]));
        Assert.That(y.ToArray(), Is.EqualTo(new[] { 0f, 1f }));
        Assert.That(x.Gradient!.ToArray(), Is.EqualTo(new[] { 0f, 3f }));
    }

    [Test]
    public void Sigmoid([Values(1, 17, 70)] int count) => GradientCheck.Run(
        Device, t => Ops.Sigmoid(t[0]), t => [.. t[0].Select(v => 1 / (1 + Math.Exp(-v)))], new Draw(count).Operand("x", [count]));

    [Test]
    public void AddRefusesDifferentShapes() => Failure.Says(
        "Add: the shapes [2, 3] and [3, 2] differ",
        () => Ops.Add(Tensor.Full(Device, [2, 3], 1f), Tensor.Full(Device, [3, 2], 1f)));
}
