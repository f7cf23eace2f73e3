namespace Idsnn.Engine;

public static partial class Ops
{
    /// <summary>The phases of an input gradient: pixels that share their taps.</summary>
    private static IEnumerable<Phase> Phases(Conv2DSpec spec)
    {
        for (int h = 0; h < Math.Min(spec.Stride, spec.H); h++)
        {
            for (int w = 0; w < Math.Min(spec.Stride, spec.W); w++)
            {
                yield return new Phase(h, w, (spec.H - h + spec.Stride - 1) / spec.Stride, (spec.W - w + spec.Stride - 1) / spec.Stride);
            }
        }
    }

    private static Tensor InputGradient(Tensor gradient, Tensor weight, Conv2DSpec spec)
    {
        var launcher = gradient.Device.Launcher;
        var algorithm = ConvolutionPlan.InputGradient(gradient.Device, spec);
        if (algorithm == ConvolutionAlgorithm.TensorCores) return TensorInputGradient(gradient, weight, spec);
        using var dY = ToFloats(gradient);
        var dX = Tensor.Empty(dY.Device, [spec.N, spec.H, spec.W, spec.Ci]);
        if (algorithm == ConvolutionAlgorithm.Winograd)
        {
            var turned = ConvolutionPlan.Turned(spec);
            ConvolveWinograd(new FloatImage(dY.View), weight, dY.Device.Zeros(spec.Ci), dX, turned, swap: true);
            return dX;
        }

        int lanes = launcher.Plan.TileLanes(spec.Ci);
        var packed = SwappedPanels(weight, lanes, winograd: false);
        foreach (var phase in Phases(spec))
        {
            launcher.Run(
                new Conv2DInputGradient(dY.View, packed.View, dY.Device.Zeros(spec.Co), dX.View, spec, phase),
                lanes,
                DivideUp(spec.N * phase.Rows * phase.Columns, Kernels.Ops.Conv2DInputGradient.Pixels) * (spec.Ci / lanes));
        }

        return dX;
    }

    private static Tensor WeightGradient(Tensor x, Tensor gradient, Conv2DSpec spec)
    {
        var launcher = gradient.Device.Launcher;
        var algorithm = ConvolutionPlan.WeightGradient(gradient.Device, spec);
        if (algorithm == ConvolutionAlgorithm.TensorCores) return TensorWeightGradient(x, gradient, spec);
        using var dY = ToFloats(gradient);
        if (algorithm == ConvolutionAlgorithm.Winograd)
        {
            using var image = x.IsSpikeBytes ? x.Share(x.Shape) : ToFloats(x);
            return WinogradWeightGradient(image, dY, spec);
        }

        int lanes = launcher.Plan.TileLanes(spec.Co);
        const int channels = Kernels.Ops.Conv2DWeightGradient.Channels;
        int perSlice = spec.Taps * ((spec.Ci + channels - 1) / channels) * (spec.Co / lanes);
        int rows = spec.N * spec.OH, rowFloats = (spec.Stride * spec.W * spec.Ci) + (spec.OW * spec.Co);
        int sliceRows = launcher.Plan.SliceRows(rows, perSlice, rowFloats, spec.Taps * spec.Ci * spec.Co);
        int slices = (rows + sliceRows - 1) / sliceRows;
        using var numbers = ToFloats(x);
        var dW = Tensor.Empty(dY.Device, [spec.KH, spec.KW, spec.Ci, spec.Co]);
        int width = dW.Shape.Size;
        using var partial = slices == 1 ? dW.Share(dW.Shape) : Tensor.Empty(dY.Device, [slices, width]);
        launcher.Run(new Conv2DWeightGradient(numbers.View, dY.View, partial.View, spec, sliceRows), lanes, slices * perSlice);
        if (slices > 1) MergeRows(dW, partial, slices);
        return dW;
    }

    /// <summary>Some images at a time, so that what is transformed stays in the caches; their sums add up in order.</summary>
    private static Tensor WinogradWeightGradient(Tensor x, Tensor dY, Conv2DSpec spec)
    {
        var launcher = dY.Device.Launcher;
        int lanes = Math.Min(launcher.Plan.TileLanes(spec.Ci), launcher.Plan.TileLanes(spec.Co));
        int windowsPerImage = (spec.OH + 1) / 2 * ((spec.OW + 1) / 2);
        int images = Math.Clamp(launcher.Plan.CacheFloats / (windowsPerImage * (spec.Ci + spec.Co)), 1, spec.N);
        using var v = Tensor.Empty(dY.Device, [Winograd.Points, Winograd.PointPitch(images * windowsPerImage, spec.Ci / lanes), lanes]);
        using var g = Tensor.Empty(dY.Device, [Winograd.Points, Winograd.PointPitch(images * windowsPerImage, spec.Co / lanes), lanes]);
        using var sums = Tensor.Empty(dY.Device, [Winograd.Points, spec.Ci, spec.Co]);
        for (int first = 0; first < spec.N; first += images)
        {
            var part = spec with { N = Math.Min(images, spec.N - first) };
            int windows = part.N * windowsPerImage;
            if (x.IsSpikeBytes) launcher.Run(new WinogradInput<SpikeImage>(new(x.SpikeView), v.View, part, first), lanes, windows);
            else launcher.Run(new WinogradInput<FloatImage>(new(x.View), v.View, part, first), lanes, windows);
            launcher.Run(new WinogradOutputGradient(dY.View, g.View, part, first), lanes, windows);
            launcher.Run(
                new WinogradProducts(v.View, g.View, sums.View, windows, spec.Ci, spec.Co, first == 0),
                lanes,
                Winograd.Points * DivideUp(spec.Ci, WinogradProducts.Channels) * (spec.Co / lanes));
        }

        var dW = Tensor.Empty(dY.Device, [spec.KH, spec.KW, spec.Ci, spec.Co]);
        launcher.Run(new WinogradWeightRestore(sums.View, dW.View, spec.Ci, spec.Co), lanes, spec.Ci * (spec.Co / lanes));
        return dW;
    }
}
