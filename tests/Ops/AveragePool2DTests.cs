using CsCheck;
using Idsnn.Engine;
using Idsnn.Kernels.Ops;

namespace Idsnn.Tests;

public sealed class AveragePool2DTests(string name) : DeviceTests(name)
{
    private static readonly Gen<Pool2DSpec> Geometries =
        Gen.Select(
            Gen.Int[1, 2],
            Gen.Select(Gen.Int[1, 7], Gen.Int[1, 7]),
            Gen.OneOf(1, 3, 4, 8, 16, 24),
            Gen.Select(Gen.Int[1, 4], Gen.Int[1, 4], Gen.Int[1, 3]),
            (n, image, c, window) => new Pool2DSpec(n, image.Item1, image.Item2, c, window.Item1, window.Item2, window.Item3))
        .Where(s => s.KH <= s.H && s.KW <= s.W);

    [Test]
    public void ForwardAndGradient() => Property.Holds(Geometries, 20, s => GradientCheck.Run(
        Device,
        t => Ops.AveragePool2D(t[0], s.KH, s.KW, s.Stride),
        t => PoolingReference.Forward(t[0], s),
        new Draw((100 * s.H) + (10 * s.W) + s.KH).Operand("x", [s.N, s.H, s.W, s.C])));

    [Test]
    public void GlobalAveragePool() => GradientCheck.Run(
        Device,
        t => Ops.GlobalAveragePool(t[0]),
        t => PoolingReference.Forward(t[0], new Pool2DSpec(2, 3, 5, 8, 3, 5, 1)),
        new Draw(1).Operand("x", [2, 3, 5, 8]));

    [Test]
    public void GlobalAveragePoolGivesRows() =>
        Assert.That(Ops.GlobalAveragePool(Tensor.Full(Device, [2, 3, 5, 8], 1f)).Shape, Is.EqualTo(Shape.Create([2, 8])));

    [Test]
    public void WrongShapesAreRefused()
    {
        var x = Tensor.Full(Device, [1, 4, 3, 2], 1f);
        Failure.Says("AveragePool2D: x must be [N, H, W, C], got [4, 6]", () => Ops.AveragePool2D(x.Reshape([4, 6]), 2, 2, 2));
        Failure.Says(
            "AveragePool2D: a 4×4 window with stride 1 does not fit x [1, 4, 3, 2]", () => Ops.AveragePool2D(x, 4, 4, 1));
        Failure.Says(
            "AveragePool2D: a 2×2 window with stride 0 does not fit x [1, 4, 3, 2]", () => Ops.AveragePool2D(x, 2, 2, 0));
        Failure.Says("GlobalAveragePool: x must be [N, H, W, C], got [4, 6]", () => Ops.GlobalAveragePool(x.Reshape([4, 6])));
    }
}
