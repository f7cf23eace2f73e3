namespace Idsnn.Engine;

public static partial class Ops
{
    /// <summary>
    /// Maxima over windows, without padding; of spikes, whether the window holds one, and those stay spikes. The gradient goes to the first
    /// of equals in the order of rows, as in PyTorch.
    /// </summary>
    /// <param name="x">[N, H, W, C].</param>
    /// <param name="size">Height and width of the window.</param>
    /// <param name="stride">Stride, both ways.</param>
    /// <returns>[N, (H − size)/stride + 1, (W − size)/stride + 1, C].</returns>
    /// <exception cref="ArgumentException">The window does not fit.</exception>
    public static Tensor MaxPool2D(Tensor x, int size, int stride)
    {
        Require.That(x.Shape.Rank == 4, $"MaxPool2D: x must be [N, H, W, C], got {x.Shape}");
        Require.That(
            size >= 1 && stride >= 1 && size <= x.Shape[1] && size <= x.Shape[2],
            $"MaxPool2D: a {size}×{size} window with stride {stride} does not fit x {x.Shape}");
        var spec = new Pool2DSpec(x.Shape[0], x.Shape[1], x.Shape[2], x.Shape[3], size, size, stride);
        var y = x.IsSpikeBytes ? MaxOfSpikes(x, spec) : MaxOfNumbers(x, spec);
        return Tape.Records(x) ? Tape.Record(y, new MaxPool2DNode(x, spec)) : y;
    }

    private static Tensor MaxOfSpikes(Tensor x, Pool2DSpec spec)
    {
        var y = Tensor.EmptySpikes(x.Device, [spec.N, spec.OH, spec.OW, spec.C]);
        x.Device.Launcher.Run(new MaxPool2DSpikes(new SpikeImage(x.SpikeView), y.SpikeView, spec), y.Shape.Size);
        return y;
    }

    /// <summary>Packed elements are widened for it, and the maxima packed again.</summary>
    private static Tensor MaxOfNumbers(Tensor x, Pool2DSpec spec)
    {
        using var numbers = ToFloats(x);
        var y = Tensor.Empty(x.Device, [spec.N, spec.OH, spec.OW, spec.C]);
        x.Device.Launcher.Run(new MaxPool2DForward(new FloatImage(numbers.View), y.View, spec), y.Shape.Size);
        if (x.Kind == ElementKind.Full) return y;
        using (y)
        using (var packed = x.Kind == ElementKind.SpikeBits ? ToBits(y) : ToBFloat16(y)) return Tensor.Adopt(packed);
    }

    private sealed class MaxPool2DNode : Node
    {
        private readonly Pool2DSpec spec;
        private readonly Func<Tensor> input;

        public MaxPool2DNode(Tensor x, Pool2DSpec spec)
            : base(x)
        {
            this.spec = spec;
            input = Keep(x);
        }

        protected override void Backward(Tensor dY)
        {
            using var x = input();
            using var gradient = ToFloats(dY);
            using var dX = Tensor.Empty(dY.Device, x.Shape);
            var launcher = dY.Device.Launcher;
            if (x.IsSpikeBytes)
            {
                launcher.Run(
                    new MaxPool2DBackward<SpikeImage>(new SpikeImage(x.SpikeView), gradient.View, dX.View, spec), x.Shape.Size);
            }
            else
            {
                using var numbers = ToFloats(x);
                launcher.Run(
                    new MaxPool2DBackward<FloatImage>(new FloatImage(numbers.View), gradient.View, dX.View, spec), x.Shape.Size);
            }

            Give(0, dX);
        }
    }
}
