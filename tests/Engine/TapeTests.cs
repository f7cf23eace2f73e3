using Idsnn.Engine;

namespace Idsnn.Tests;

public sealed class TapeTests(string name) : DeviceTests(name)
{
    [Test]
    public void OneTensorTwiceInOneOp() => GradientCheck.Run(
        Device, t => Ops.Add(t[0], t[0]), t => [.. t[0].Select(x => x + x)], new Draw(1).Operand("x", [5]));

    [Test]
    public void AResidualConnection() => GradientCheck.Run(
        Device,
        t => Ops.Add(t[0], Ops.Relu(Ops.Scale(t[0], 3f))),
        t => [.. t[0].Select(x => x + Math.Max(3 * x, 0))],
        new Operand("x", [4], [-0.5f, 0.25f, 1f, -2f]));

    [Test]
    public void ThreeUsesInDifferentOrders() => GradientCheck.Run(
        Device,
        t =>
        {
            var doubled = Ops.Scale(t[0], 2f);
            var sum = Ops.Add(t[0], doubled);
            return Ops.Add(Ops.Add(doubled, sum), t[0]);
        },
        t => [.. t[0].Select(x => 6 * x)],
        new Draw(2).Operand("x", [7]));

    [Test]
    public void AnAdditionsInputsDoNotShareWhatIsAddedLater()
    {
        // Add hands one gradient to a and b; the product's gradient, which comes after it, must reach a alone.
        using var a = Tensor.Parameter(Device, [2], [1f, 1f]);
        using var b = Tensor.Parameter(Device, [2], [1f, 1f]);
        using var tape = new Tape();
        var tripled = Ops.Scale(a, 3f);
        tape.Backward(Contraction.Of(Ops.Add(tripled, Ops.Add(a, b)), [1f, 10f]));
        Assert.That(a.Gradient!.ToArray(), Is.EqualTo(new[] { 4f, 40f }));
        Assert.That(b.Gradient!.ToArray(), Is.EqualTo(new[] { 1f, 10f }));
    }

    [Test]
    public void AReshapedTensorsGradientIsItsOwners()
    {
        using var x = Tensor.Parameter(Device, [2, 3], [1f, 2f, 3f, 4f, 5f, 6f]);
        using var tape = new Tape();
        var rows = Ops.Scale(x.Reshape([6]), 2f).Reshape([3, 2]);
        var both = Ops.Add(rows, x.Reshape([3, 2]));
        tape.Backward(Contraction.Of(both, [1f, 2f, 3f, 4f, 5f, 6f]));
        Assert.That(x.Gradient!.Shape, Is.EqualTo(x.Shape));
        Assert.That(x.Gradient.ToArray(), Is.EqualTo(new[] { 3f, 6f, 9f, 12f, 15f, 18f }));
    }

    [Test]
    public void GradientsAddUpOverBackwardsUntilCleared()
    {
        using var x = Tensor.Parameter(Device, [1], [1f]);
        for (int step = 0; step < 3; step++)
        {
            using var tape = new Tape();
            tape.Backward(Ops.Scale(x, 2f));
        }

        Assert.That(x.Gradient!.Item(), Is.EqualTo(6f));
        x.ClearGradient();
        Assert.That(x.Gradient, Is.Null);
    }

    [Test]
    public void IntermediateTensorsKeepNoGradient()
    {
        using var x = Tensor.Parameter(Device, [1], [1f]);
        using var tape = new Tape();
        var y = Ops.Scale(x, 2f);
        tape.Backward(Ops.Scale(y, 2f));
        Assert.That(y.Gradient, Is.Null);
    }

    [Test]
    public void WhatIsDisposedEarlyIsSavedForBackward()
    {
        using var x = Tensor.Parameter(Device, [2], [1f, -1f]);
        using var tape = new Tape();
        var y = Ops.Scale(x, 2f).Then(Ops.Relu).Then(h => Ops.Scale(h, 5f));
        tape.Backward(Contraction.Of(y, [1f, 1f]));
        Assert.That(x.Gradient!.ToArray(), Is.EqualTo(new[] { 10f, 0f }));
    }

    [Test]
    public void ABranchThatTheLossDoesNotUseGetsNothing()
    {
        using var x = Tensor.Parameter(Device, [1], [1f]);
        using var unused = Tensor.Parameter(Device, [1], [1f]);
        using var tape = new Tape();
        _ = Ops.Relu(unused);
        tape.Backward(Ops.Scale(x, 2f));
        Assert.That(unused.Gradient, Is.Null);
    }

    [Test]
    public void BackwardStartsFromAGivenGradient()
    {
        using var x = Tensor.Parameter(Device, [3], [1f, 2f, 3f]);
        using var tape = new Tape();
        tape.Backward(Ops.Scale(x, 2f), From([3], 1f, 10f, 100f));
        Assert.That(x.Gradient!.ToArray(), Is.EqualTo(new[] { 2f, 20f, 200f }));
        Failure.Says(
            "Backward: the gradient of [3] must have that shape, got [2]", () => tape.Backward(Ops.Scale(x, 2f), From([2], 1f, 1f)));
    }

    [Test]
    public void BackwardReleasesWhatWasSaved()
    {
        using var x = Tensor.Parameter(Device, [64], new float[64]);
        using var tape = new Tape();
        long before = Device.Memory.InUseBytes;
        using (Device.Scope()) tape.Backward(Contraction.Of(Ops.Relu(Ops.Scale(x, 2f)), new float[64]));
        Assert.That(Device.Memory.InUseBytes, Is.EqualTo(before + 256), "the gradient of x alone is left");
    }

    [Test]
    public void DisposingReleasesWhatWasSaved()
    {
        using var x = Tensor.Parameter(Device, [64], new float[64]);
        long before = Device.Memory.InUseBytes;
        using (var tape = new Tape()) Ops.Relu(x).Dispose();
        Assert.That(Device.Memory.InUseBytes, Is.EqualTo(before));
        Assert.That(Ops.Relu(x).RequiresGradient, Is.False, "no tape is left");
    }

    [Test]
    public void NoGradSavesNothing()
    {
        using var x = Tensor.Parameter(Device, [64], new float[64]);
        using var tape = new Tape();
        long before = Device.Memory.InUseBytes;
        using (Tape.NoGrad())
        {
            var y = Ops.Relu(x);
            Assert.That(y.RequiresGradient, Is.False);
            y.Dispose();
        }

        Assert.That(Device.Memory.InUseBytes, Is.EqualTo(before));
        Assert.That(Ops.Relu(x).RequiresGradient, Is.True, "the tape records again");
    }

    [Test]
    public void WithoutATapeNothingIsRecorded()
    {
        using var x = Tensor.Parameter(Device, [64], new float[64]);
        long before = Device.Memory.InUseBytes;
        Ops.Relu(x).Dispose();
        Assert.That(Device.Memory.InUseBytes, Is.EqualTo(before));
    }

    [Test]
    public void TheInnermostTapeRecords()
    {
        using var x = Tensor.Parameter(Device, [1], [1f]);
        using var outer = new Tape();
        using (var inner = new Tape()) inner.Backward(Ops.Scale(x, 2f));
        Assert.That(x.Gradient!.Item(), Is.EqualTo(2f));
        outer.Backward(Ops.Scale(x, 3f));
        Assert.That(x.Gradient!.Item(), Is.EqualTo(5f), "the outer tape records again and holds nothing of the inner's");
    }

    [Test]
    public void BackwardWantsAScalarThatDependsOnAParameter()
    {
        using var x = Tensor.Parameter(Device, [2], [1f, 2f]);
        using var tape = new Tape();
        Failure.Says("Backward: expects a scalar loss, got shape [2]", () => tape.Backward(Ops.Relu(x)));
        Failure.Says(
            "Backward: the loss depends on no parameter, or was computed without a tape",
            () => tape.Backward(Tensor.Full(Device, [1], 1f)));
    }
}
