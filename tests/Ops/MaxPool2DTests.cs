using CsCheck;
using Idsnn.Engine;
using Idsnn.Kernels.Ops;

namespace Idsnn.Tests;

public sealed class MaxPool2DTests(string name) : DeviceTests(name)
{
    private static readonly Gen<Pool2DSpec> Geometries =
        Gen.Select(
            Gen.Int[1, 2],
            Gen.Select(Gen.Int[1, 7], Gen.Int[1, 7]),
            Gen.OneOf(1, 3, 4, 8, 16, 24),
            Gen.Select(Gen.Int[1, 4], Gen.Int[1, 3]),
            (n, image, c, window) => new Pool2DSpec(n, image.Item1, image.Item2, c, window.Item1, window.Item1, window.Item2))
        .Where(s => s.KH <= s.H && s.KW <= s.W);

    [Test]
    public void ForwardAndGradient() => Property.Holds(Geometries, 20, s => GradientCheck.Run(
        Device,
        t => Ops.MaxPool2D(t[0], s.KH, s.Stride),
        t => PoolingReference.ForwardMax(t[0], s),
        new Operand("x", [s.N, s.H, s.W, s.C], Apart(s))));

    /// <summary>Spikes tie nearly always; the gradient is the first's.</summary>
    [Test]
    public void SpikesStaySpikesAndTheFirstOfEqualsGetsTheGradient() => Property.Holds(Geometries, 20, s =>
    {
        float[] currents = new Draw(s.H + (10 * s.W)).Fill([s.N, s.H, s.W, s.C], -1f, 2f);
        using var x = Tensor.Parameter(Device, [s.N, s.H, s.W, s.C], currents);
        using var scope = Device.Scope();
        using var tape = new Tape();
        var spikes = Ops.Lif(x, new Neuron(Threshold: 0.5f, Width: 100f), 1);
        double[] before = spikes.ToArray().Widen();
        var y = Ops.MaxPool2D(spikes, s.KH, s.Stride);
        Assert.That(y.Kind, Is.EqualTo(spikes.Kind));
        Close.To(PoolingReference.ForwardMax(before, s), y.ToArray(), 0, "y");

        float[] dY = new Draw(7).Fill([y.Shape.Size]);
        tape.Backward(Contraction.Of(y, dY));
        double[] expected = PoolingReference.BackwardMax(before, dY.Widen(), s);
        Close.To([.. expected.Select(d => d / 200)], x.Gradient!.ToArray(), 1e-5, "dX, through a window that holds every membrane");
    });

    [Test]
    public void NotANumberIsTheLargest() => Assert.That(
        Ops.MaxPool2D(From([1, 2, 2, 1], 1f, float.NaN, 3f, 2f), 2, 2).Item(), Is.NaN);

    [Test]
    public void WrongShapesAreRefused()
    {
        var x = Tensor.Full(Device, [1, 4, 3, 2], 1f);
        Failure.Says("MaxPool2D: x must be [N, H, W, C], got [4, 6]", () => Ops.MaxPool2D(x.Reshape([4, 6]), 2, 2));
        Failure.Says("MaxPool2D: a 4×4 window with stride 1 does not fit x [1, 4, 3, 2]", () => Ops.MaxPool2D(x, 4, 1));
        Failure.Says("MaxPool2D: a 2×2 window with stride 0 does not fit x [1, 4, 3, 2]", () => Ops.MaxPool2D(x, 2, 0));
    }

    /// <summary>Numbers of which no two lie so close that a finite difference could swap them: a shuffled ladder.</summary>
    private static float[] Apart(Pool2DSpec s)
    {
        int[] order = [.. Enumerable.Range(0, s.N * s.H * s.W * s.C)];
        var draw = new Draw(s.H + (10 * s.W));
        for (int i = order.Length - 1; i > 0; i--)
        {
            int j = draw.Index(i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }

        return [.. order.Select(place => (place * 0.01f) - 1f)];
    }
}
