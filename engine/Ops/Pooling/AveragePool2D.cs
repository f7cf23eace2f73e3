namespace Idsnn.Engine;

public static partial class Ops
{
    /// <summary>Means over windows, without padding.</summary>
    /// <param name="x">[N, H, W, C].</param>
    /// <param name="kernelHeight">Window height.</param>
    /// <param name="kernelWidth">Window width.</param>
    /// <param name="stride">Stride, both ways.</param>
    /// <returns>[N, (H − KH)/stride + 1, (W − KW)/stride + 1, C].</returns>
    /// <exception cref="ArgumentException">The window does not fit.</exception>
    public static Tensor AveragePool2D(Tensor x, int kernelHeight, int kernelWidth, int stride)
    {
        Require.That(x.Shape.Rank == 4, $"AveragePool2D: x must be [N, H, W, C], got {x.Shape}");
        Require.That(
            kernelHeight >= 1 && kernelWidth >= 1 && stride >= 1 && kernelHeight <= x.Shape[1] && kernelWidth <= x.Shape[2],
            $"AveragePool2D: a {kernelHeight}×{kernelWidth} window with stride {stride} does not fit x {x.Shape}");
        var spec = new Pool2DSpec(x.Shape[0], x.Shape[1], x.Shape[2], x.Shape[3], kernelHeight, kernelWidth, stride);
        var y = Tensor.Empty(x.Device, [spec.N, spec.OH, spec.OW, spec.C]);
        using var numbers = ToFloats(x);
        RunOverPixels(y, new AveragePool2DForward(numbers.View, y.View, spec));
        return Tape.Records(x) ? Tape.Record(y, new AveragePool2DNode(x, spec)) : y;
    }

    /// <summary>The mean of each channel over all pixels, [N, H, W, C] to [N, C].</summary>
    public static Tensor GlobalAveragePool(Tensor x)
    {
        Require.That(x.Shape.Rank == 4, $"GlobalAveragePool: x must be [N, H, W, C], got {x.Shape}");
        using var y = AveragePool2D(x, x.Shape[1], x.Shape[2], 1);
        return y.Reshape([x.Shape[0], x.Shape[3]]);
    }

    private static void RunOverPixels<K>(Tensor y, in K kernel)
        where K : struct, ILaneKernel
    {
        var launcher = y.Device.Launcher;
        int lanes = launcher.Plan.Lanes(y.Shape[3]);
        launcher.Run(kernel, lanes, y.Shape.Size / lanes);
    }

    private sealed class AveragePool2DNode(Tensor x, Pool2DSpec spec) : Node(x)
    {
        protected override void Backward(Tensor dY)
        {
            using var dX = Tensor.Empty(dY.Device, [spec.N, spec.H, spec.W, spec.C]);
            RunOverPixels(dX, new AveragePool2DBackward(dY.View, dX.View, spec));
            Give(0, dX);
        }
    }
}
