using CsCheck;
using Idsnn.Engine;
using Idsnn.Kernels.Ops;

namespace Idsnn.Tests;

public sealed class Conv2DTests(string name) : DeviceTests(name)
{
    // Every lane type on either side, ragged blocks of input channels, and counts that no lanes divide.
    private static readonly Gen<int> Channels = Gen.OneOf(1, 2, 3, 4, 5, 8, 9, 12, 16, 20, 24, 32);

    private static readonly Gen<(Conv2DSpec Spec, bool Bias)> Geometries =
        Gen.Select(
            Gen.Select(Gen.Int[1, 3], Gen.Int[1, 6], Gen.Int[1, 6]),
            Gen.Select(Channels, Channels),
            Gen.Select(Gen.Int[1, 4], Gen.Int[1, 4], Gen.Int[1, 3], Gen.Int[0, 3]),
            Gen.Bool,
            (image, channels, kernel, bias) => (
                new Conv2DSpec(
                    image.Item1, image.Item2, image.Item3, channels.Item1, channels.Item2, kernel.Item1, kernel.Item2, kernel.Item3,
                    kernel.Item4),
                bias))
        .Where(g => g.Item1.H + (2 * g.Item1.Padding) >= g.Item1.KH && g.Item1.W + (2 * g.Item1.Padding) >= g.Item1.KW)
        .Where(g => g.Item1.Ci * g.Item1.Co <= 160); // Differencing every weight of a large one takes seconds.

    [Test]
    public void ForwardAndGradients() => Property.Holds(Geometries, 40, g => Check(g.Spec, g.Bias));

    // The convolutions of a ResNet: stem, 3×3, strided 3×3, strided 1×1.
    [TestCase(3, 16, 3, 1, 1)]
    [TestCase(16, 16, 3, 1, 1)]
    [TestCase(16, 32, 3, 2, 1)]
    [TestCase(16, 32, 1, 2, 0)]
    [TestCase(3, 8, 7, 2, 3)]
    [Category("Slow")]
    public void LayersOfAResNet(int inputs, int outputs, int kernel, int stride, int padding) =>
        Check(new Conv2DSpec(1, 3, 3, inputs, outputs, kernel, kernel, stride, padding), false);

    [Test]
    public void GradientsAreTheSameBitsEveryTime()
    {
        var draw = new Draw(1);
        var x = draw.Operand("x", [4, 6, 6, 8]);
        var weight = draw.Operand("weight", [3, 3, 8, 16]);
        float[] dY = draw.Fill([4, 6, 6, 16]);
        float[][] Gradients()
        {
            using var a = Tensor.Parameter(Device, x.Shape, x.Elements);
            using var w = Tensor.Parameter(Device, weight.Shape, weight.Elements);
            using var tape = new Tape();
            tape.Backward(Contraction.Of(Ops.Conv2D(a, w, padding: 1), dY));
            return [a.Gradient!.ToArray(), w.Gradient!.ToArray()];
        }

        float[][] first = Gradients();
        Assert.That(Gradients(), Is.EqualTo(first));
    }

    [Test]
    public void OnlyWantedGradientsAreComputed()
    {
        using var weight = Tensor.Parameter(Device, [1, 1, 4, 4], new Draw(1).Fill([1, 1, 4, 4]));
        var x = Tensor.Full(Device, [1, 2, 2, 4], 1f);
        using var tape = new Tape();
        tape.Backward(Contraction.Of(Ops.Conv2D(x, weight), new float[16]));
        Assert.That((x.Gradient, weight.Gradient?.Shape), Is.EqualTo(((Tensor?)null, (Shape?)weight.Shape)));
    }

    [Test]
    public void WrongShapesAreRefused()
    {
        var x = Tensor.Full(Device, [2, 5, 5, 3], 1f);
        var weight = Tensor.Full(Device, [3, 3, 3, 8], 1f);
        Failure.Says("Conv2D: x must be [N, H, W, C], got [2, 75]", () => Ops.Conv2D(x.Reshape([2, 75]), weight));
        Failure.Says("Conv2D: weight must be [KH, KW, Ci, Co], got [8, 27]", () => Ops.Conv2D(x, weight.Reshape([8, 27])));
        Failure.Says(
            "Conv2D: weight [3, 3, 6, 4] expects 6 input channels, got x [2, 5, 5, 3] with 3",
            () => Ops.Conv2D(x, weight.Reshape([3, 3, 6, 4])));
        Failure.Says(
            "Conv2D: bias must be [8] for weight [3, 3, 3, 8], got [7]",
            () => Ops.Conv2D(x, weight, Tensor.Full(Device, [7], 1f)));
        Failure.Says("Conv2D: stride must be at least 1 and padding at least 0, got 0 and 1", () => Ops.Conv2D(x, weight, null, 0, 1));
        Failure.Says("Conv2D: stride must be at least 1 and padding at least 0, got 1 and -1", () => Ops.Conv2D(x, weight, null, 1, -1));
        Failure.Says(
            "Conv2D: the 3×3 kernel is larger than x [2, 25, 1, 3] with padding 0",
            () => Ops.Conv2D(x.Reshape([2, 25, 1, 3]), weight));
    }

    private void Check(Conv2DSpec s, bool bias)
    {
        var draw = new Draw((100 * s.H) + (10 * s.W) + s.Ci);
        var x = draw.Operand("x", [s.N, s.H, s.W, s.Ci]);
        var weight = draw.Operand("weight", [s.KH, s.KW, s.Ci, s.Co]);
        GradientCheck.Run(
            Device,
            t => Ops.Conv2D(t[0], t[1], bias ? t[2] : null, s.Stride, s.Padding),
            t => Conv2DReference.Forward(t[0], t[1], bias ? t[2] : null, s),
            bias ? [x, weight, draw.Operand("bias", [s.Co])] : [x, weight]);
    }
}
