using Idsnn.Kernels;

namespace Idsnn.Engine;

public static partial class Ops
{
    /// <summary>2-D convolution (cross-correlation, as everywhere in this field).</summary>
    /// <param name="x">[N, H, W, Ci].</param>
    /// <param name="weight">[Co, Ci, KH, KW].</param>
    /// <param name="bias">[Co], or null.</param>
    /// <param name="stride">Stride, both ways; at least 1.</param>
    /// <param name="padding">Zero padding, all round; at least 0.</param>
    /// <returns>[N, OH, OW, Co] with OH = (H + 2·padding − KH) / stride + 1.</returns>
    /// <exception cref="ArgumentException">Shapes that do not fit.</exception>
    public static Tensor Conv2D(Tensor x, Tensor weight, Tensor? bias = null, int stride = 1, int padding = 0)
    {
        Require.That(x.Shape.Rank == 4, $"Conv2D: x must be [N, H, W, C], got {x.Shape}");
        Require.That(weight.Shape.Rank == 4, $"Conv2D: weight must be [Co, Ci, KH, KW], got {weight.Shape}");
        Require.That(
            weight.Shape[1] == x.Shape[3],
            $"Conv2D: weight {weight.Shape} expects {weight.Shape[1]} input channels, got x {x.Shape} with {x.Shape[3]}");
        Require.That(
            bias is null || bias.Shape == [weight.Shape[0]],
            $"Conv2D: bias must be [{weight.Shape[0]}] for weight {weight.Shape}, got {bias?.Shape}");
        Require.That(stride >= 1 && padding >= 0, $"Conv2D: stride must be at least 1 and padding at least 0, got {stride} and {padding}");
        var spec = new Conv2DSpec(
            x.Shape[0], x.Shape[1], x.Shape[2], x.Shape[3], weight.Shape[0], weight.Shape[2], weight.Shape[3], stride, padding);
        Require.That(
            spec.H + (2 * padding) >= spec.KH && spec.W + (2 * padding) >= spec.KW,
            $"Conv2D: the {spec.KH}×{spec.KW} kernel is larger than x {x.Shape} with padding {padding}");

        var device = x.Device;
        var y = Tensor.Empty(device, [spec.N, spec.OH, spec.OW, spec.Co]);
        int lanes = device.Launcher.Plan.Lanes(spec.Co);
        var packed = Pack(weight, spec, lanes, swap: false);
        device.Launcher.Run(
            new Conv2DForward(
                x.View, packed.View, bias?.View ?? device.Zeros(spec.Co), device.Zeros(spec.Ci), y.View, spec),
            lanes,
            Tiles(spec.N * spec.OH * spec.OW) * (spec.Co / lanes));
        return Tape.Records(x, weight, bias) ? Tape.Record(y, new Conv2DNode(x, weight, bias, spec)) : y;
    }

    /// <summary>The weights as the tiles read them; packed once per change of the weights.</summary>
    private static Tensor Pack(Tensor weight, Conv2DSpec spec, int lanes, bool swap) => weight.Derive((lanes, swap, spec.Taps), () =>
    {
        var packed = Tensor.Untracked(weight.Device, weight.Shape);
        weight.Device.Launcher.Run(
            new Conv2DPack(weight.View, packed.View, spec, swap), lanes, weight.Shape.Size / spec.Taps / lanes);
        return packed;
    });

    private static int Tiles(int pixels) => (pixels + 7) / 8;

    private sealed class Conv2DNode : Node
    {
        private readonly Tensor x, weight;
        private readonly Conv2DSpec spec;

        public Conv2DNode(Tensor x, Tensor weight, Tensor? bias, Conv2DSpec spec)
            : base(x, weight, bias)
        {
            this.x = Save(x);
            this.weight = Save(weight);
            this.spec = spec;
        }

        protected override void Backward(Tensor dY)
        {
            if (Needs(0))
            {
                using var dX = InputGradient(dY);
                Give(0, dX);
            }

            if (Needs(1))
            {
                using var dW = WeightGradient(dY);
                Give(1, dW);
            }

            if (Needs(2))
            {
                using var dB = ColumnSums(dY, spec.Co);
                Give(2, dB);
            }
        }

        private Tensor InputGradient(Tensor dY)
        {
            var launcher = dY.Device.Launcher;
            var dX = Tensor.Empty(x.Device, x.Shape);
            int lanes = launcher.Plan.Lanes(spec.Ci);
            var packed = Pack(weight, spec, lanes, swap: true);
            for (int h = 0; h < Math.Min(spec.Stride, spec.H); h++)
            {
                for (int w = 0; w < Math.Min(spec.Stride, spec.W); w++)
                {
                    var phase = new Phase(h, w, (spec.H - h + spec.Stride - 1) / spec.Stride, (spec.W - w + spec.Stride - 1) / spec.Stride);
                    launcher.Run(
                        new Conv2DInputGradient(dY.View, packed.View, dY.Device.Zeros(spec.Co), dX.View, spec, phase),
                        lanes,
                        Tiles(spec.N * phase.Rows * phase.Columns) * (spec.Ci / lanes));
                }
            }

            return dX;
        }

        private Tensor WeightGradient(Tensor dY)
        {
            var launcher = dY.Device.Launcher;
            int lanes = launcher.Plan.Lanes(spec.Co);
            int perSlice = spec.Taps * ((spec.Ci + Conv2DWeightGradient.Channels - 1) / Conv2DWeightGradient.Channels) * (spec.Co / lanes);
            int rows = spec.N * spec.OH;
            int sliceRows = launcher.Plan.SliceRows(rows, perSlice, (spec.Stride * spec.W * spec.Ci) + (spec.OW * spec.Co), weight.Shape.Size);
            int slices = (rows + sliceRows - 1) / sliceRows;
            using var partial = Tensor.Empty(x.Device, [slices, spec.Taps, spec.Ci, spec.Co]);
            launcher.Run(new Conv2DWeightGradient(x.View, dY.View, partial.View, spec, sliceRows), lanes, slices * perSlice);
            var dW = Tensor.Empty(x.Device, weight.Shape);
            launcher.Run(new Conv2DWeightReduce(partial.View, dW.View, spec, slices), lanes, weight.Shape.Size / spec.Taps / lanes);
            return dW;
        }
    }
}
