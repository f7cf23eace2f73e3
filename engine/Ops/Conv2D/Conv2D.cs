using ILGPU;

namespace Idsnn.Engine;

public static partial class Ops
{
    /// <summary>2-D convolution (cross-correlation, as everywhere in this field).</summary>
    /// <param name="x">[N, H, W, Ci].</param>
    /// <param name="weight">[KH, KW, Ci, Co]: channels innermost, as in the images.</param>
    /// <param name="bias">[Co], or null.</param>
    /// <param name="stride">Stride, both ways; at least 1.</param>
    /// <param name="padding">Zero padding, all round; at least 0.</param>
    /// <returns>[N, OH, OW, Co] with OH = (H + 2·padding − KH) / stride + 1.</returns>
    /// <exception cref="ArgumentException">Shapes that do not fit.</exception>
    public static Tensor Conv2D(Tensor x, Tensor weight, Tensor? bias = null, int stride = 1, int padding = 0)
    {
        Require.OneDevice("Conv2D", x.Device, weight.Device, bias?.Device);
        Require.That(x.Shape.Rank == 4, $"Conv2D: x must be [N, H, W, C], got {x.Shape}");
        Require.That(weight.Shape.Rank == 4, $"Conv2D: weight must be [KH, KW, Ci, Co], got {weight.Shape}");
        Require.That(
            weight.Shape[2] == x.Shape[3],
            $"Conv2D: weight {weight.Shape} expects {weight.Shape[2]} input channels, got x {x.Shape} with {x.Shape[3]}");
        Require.That(
            bias is null || bias.Shape == [weight.Shape[3]],
            $"Conv2D: bias must be [{weight.Shape[3]}] for weight {weight.Shape}, got {bias?.Shape}");
        Require.That(stride >= 1 && padding >= 0, $"Conv2D: stride must be at least 1 and padding at least 0, got {stride} and {padding}");
        var spec = SpecOf(x.Shape, weight.Shape, stride, padding);
        Require.That(
            spec.H + (2 * padding) >= spec.KH && spec.W + (2 * padding) >= spec.KW,
            $"Conv2D: the {spec.KH}×{spec.KW} kernel is larger than x {x.Shape} with padding {padding}");

        var algorithm = ConvolutionPlan.Forward(x.Device, spec, hasBias: bias is not null);
        var y = algorithm == ConvolutionAlgorithm.TensorCores
            ? TensorConvolve(x, weight, spec)
            : ToActivation(Convolve(algorithm, x, weight, bias, spec), spec.Co);
        return Tape.Records(x, weight, bias) ? Tape.Record(y, new Conv2DNode(x, weight, bias, spec)) : y;
    }

    /// <summary>dX of a convolution by itself: what its backward pass computes for x.</summary>
    /// <param name="dY">[N, OH, OW, Co].</param>
    /// <param name="weight">[KH, KW, Ci, Co].</param>
    /// <param name="xShape">[N, H, W, Ci].</param>
    /// <param name="stride">The convolution's.</param>
    /// <param name="padding">The convolution's.</param>
    public static Tensor Conv2DInputGradient(Tensor dY, Tensor weight, Shape xShape, int stride, int padding)
    {
        Require.OneDevice("Conv2DInputGradient", dY.Device, weight.Device);
        return InputGradient(dY, weight, SpecOf(xShape, weight.Shape, stride, padding));
    }

    /// <summary>dW of a convolution by itself: what its backward pass computes for the weight.</summary>
    /// <param name="x">[N, H, W, Ci].</param>
    /// <param name="dY">[N, OH, OW, Co].</param>
    /// <param name="weightShape">[KH, KW, Ci, Co].</param>
    /// <param name="stride">The convolution's.</param>
    /// <param name="padding">The convolution's.</param>
    public static Tensor Conv2DWeightGradient(Tensor x, Tensor dY, Shape weightShape, int stride, int padding)
    {
        Require.OneDevice("Conv2DWeightGradient", x.Device, dY.Device);
        return WeightGradient(x, dY, SpecOf(x.Shape, weightShape, stride, padding));
    }

    private static Conv2DSpec SpecOf(Shape x, Shape weight, int stride, int padding) =>
        new(x[0], x[1], x[2], x[3], weight[3], weight[0], weight[1], stride, padding);

    private static Tensor Convolve(ConvolutionAlgorithm algorithm, Tensor x, Tensor weight, Tensor? bias, Conv2DSpec spec)
    {
        var device = x.Device;
        var y = Tensor.Empty(device, [spec.N, spec.OH, spec.OW, spec.Co]);
        var shift = bias?.View ?? device.Zeros(spec.Co);
        if (algorithm == ConvolutionAlgorithm.Winograd)
        {
            if (x.IsSpikeBytes) ConvolveWinograd(new SpikeImage(x.SpikeView), weight, shift, y, spec, swap: false);
            else
            {
                using var floats = ToFloats(x);
                ConvolveWinograd(new FloatImage(floats.View), weight, shift, y, spec, swap: false);
            }

            return y;
        }

        int lanes = device.Launcher.Plan.TileLanes(spec.Co);
        using var numbers = ToFloats(x);
        device.Launcher.Run(
            new Conv2DForward(numbers.View, Panels(weight, lanes, winograd: false).View, shift, device.Zeros(spec.Ci), y.View, spec),
            lanes,
            DivideUp(spec.N * spec.OH * spec.OW, Kernels.Ops.Conv2DForward.Pixels) * (spec.Co / lanes));
        return y;
    }

    /// <summary>
    /// The convolution that <paramref name="spec"/> describes; with <paramref name="swap"/> it is the input gradient of another, whose
    /// weights these are.
    /// </summary>
    private static void ConvolveWinograd<TImage>(
        TImage x, Tensor weight, ArrayView<float> bias, Tensor y, Conv2DSpec spec, bool swap)
        where TImage : struct, IImage
    {
        var launcher = y.Device.Launcher;
        int lanes = Math.Min(launcher.Plan.TileLanes(spec.Ci), launcher.Plan.TileLanes(spec.Co));
        var packed = swap ? SwappedPanels(weight, lanes, winograd: true) : Panels(weight, lanes, winograd: true);
        int items = Winograd.Items(spec);
        using var scratch = Tensor.Empty(y.Device, [Math.Min(items, launcher.Plan.MaxThreads), Winograd.ScratchFloats(spec.Ci)]);
        launcher.Run(new Conv2DWinograd<TImage>(x, packed.View, bias, scratch.View, y.View, spec), lanes, items);
    }

    /// <summary>The weights as the tiles of the forward pass read them; packed once per change of the weights.</summary>
    private static Tensor Panels(Tensor weight, int lanes, bool winograd)
    {
        var spec = WeightSpec(weight);
        int points = winograd ? Winograd.Points : spec.Taps, items = spec.Co / lanes * spec.Ci;
        var launcher = weight.Device.Launcher;
        return weight.Derive(("panels", lanes, winograd), [points, spec.Ci, spec.Co], target =>
        {
            if (winograd) launcher.Run(new WinogradPack(weight.View, target.View, spec.Ci, spec.Co), lanes, items);
            else launcher.Run(new Conv2DPack(weight.View, target.View, spec), lanes, items * points);
        });
    }

    /// <summary>The same for the input gradient, where the channels' roles are swapped.</summary>
    private static Tensor SwappedPanels(Tensor weight, int lanes, bool winograd)
    {
        var spec = WeightSpec(weight);
        int forward = winograd ? lanes : weight.Device.Launcher.Plan.TileLanes(spec.Co);
        var panels = Panels(weight, forward, winograd);
        int points = panels.Shape[0];
        return weight.Derive(("swapped", lanes, winograd), panels.Shape, target => weight.Device.Launcher.Run(
            new SwapPanels(panels.View, forward, target.View, points, spec.Ci, spec.Co, winograd),
            lanes,
            spec.Ci / lanes * points * (spec.Co / forward)));
    }

    private static Conv2DSpec WeightSpec(Tensor weight) => SpecOf([1, 1, 1, 1], weight.Shape, 1, 0) with { Ci = weight.Shape[2] };

    private static int DivideUp(int count, int each) => (count + each - 1) / each;

    private sealed class Conv2DNode : Node
    {
        private readonly Func<Tensor> x;
        private readonly Tensor weight;
        private readonly Conv2DSpec spec;

        public Conv2DNode(Tensor x, Tensor weight, Tensor? bias, Conv2DSpec spec)
            : base(x, weight, bias)
        {
            this.x = Keep(x);
            this.weight = Save(weight);
            this.spec = spec;
        }

        protected override void Backward(Tensor dY)
        {
            if (Needs(0))
            {
                using var dX = InputGradient(dY, weight, spec);
                Give(0, dX);
            }

            if (Needs(1))
            {
                using var input = x();
                using var dW = WeightGradient(input, dY, spec);
                Give(1, dW);
            }

            if (Needs(2))
            {
                using var numbers = ToFloats(dY);
                using var dB = ColumnSums(numbers, spec.Co);
                Give(2, dB);
            }
        }
    }
}
