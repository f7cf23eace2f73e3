using ILGPU;

namespace Idsnn.Engine;

public static partial class Ops
{
    /// <summary>y from spikes as the device keeps them, or from anything else as the numbers that its tensor cores multiply.</summary>
    private static Tensor TensorConvolve(Tensor x, Tensor weight, Conv2DSpec spec)
    {
        using var operand = ToOperand(x);
        var y = Tensor.Empty(x.Device, [spec.N, spec.OH, spec.OW, spec.Co], Operands(x.Device));
        var packed = TensorPanels(weight, swap: false, operand.Kind == ElementKind.SpikeBits);
        Multiply(operand, packed, y, GatherSpec.Forward(spec));
        return y;
    }

    private static Tensor TensorInputGradient(Tensor dY, Tensor weight, Conv2DSpec spec)
    {
        using var operand = ToNumbers(dY);
        var dX = Tensor.Empty(dY.Device, [spec.N, spec.H, spec.W, spec.Ci], Operands(dY.Device));
        var packed = TensorPanels(weight, swap: true, spikes: false);
        foreach (var phase in Phases(spec)) Multiply(operand, packed, dX, GatherSpec.InputGradient(spec, phase));
        return dX;
    }

    private static Tensor TensorWeightGradient(Tensor x, Tensor dY, Conv2DSpec spec)
    {
        bool wide = spec.Co % 128 == 0;
        using var operand = ToOperand(x);
        using var gradient = ToNumbers(dY);
        var launcher = dY.Device.Launcher;
        int groups = wide
            ? TensorWeightGradient<PtxWarp, BFloat16, TransposedSpikes, Wide>.GroupsPerSlice(spec)
            : TensorWeightGradient<PtxWarp, BFloat16, TransposedSpikes, Narrow>.GroupsPerSlice(spec);
        int width = spec.Taps * spec.Ci * spec.Co, threads = wide ? Tile<Wide>.Threads : Tile<Narrow>.Threads;
        const int unit = 2 * Tile.Words;
        int units = ((spec.N * spec.OH * spec.OW) + unit - 1) / unit;
        int sliceUnits = launcher.Plan.SliceRows(units, groups * threads, 0, width), slices = (units + sliceUnits - 1) / sliceUnits;
        var dW = Tensor.Empty(dY.Device, [spec.KH, spec.KW, spec.Ci, spec.Co]);
        using var partial = slices == 1 ? dW.Share(dW.Shape) : Tensor.Empty(dY.Device, [slices, width]);
        var product = new WeightProduct(launcher, operand.Words, gradient.Words, partial.View, spec, sliceUnits * unit, slices * groups);
        switch (operand.Kind)
        {
            case ElementKind.SpikeBits: product.Run<BFloat16, TransposedSpikes>(wide); break;
            case ElementKind.BFloat16: product.Run<BFloat16, TransposedNumbers<BFloat16>>(wide); break;
            case ElementKind.Spikes: product.Run<Tf32, TransposedBytes>(wide); break;
            default: product.Run<Tf32, TransposedNumbers<Tf32>>(wide); break;
        }

        if (slices > 1) MergeRows(dW, partial, slices);
        return dW;
    }

    /// <summary>The kind of the numbers that the device's tensor cores multiply, and of their results.</summary>
    private static ElementKind Operands(Device device) => device.Precision == Precision.BFloat16 ? ElementKind.BFloat16 : ElementKind.Full;

    private static Tensor ToNumbers(Tensor x) => Operands(x.Device) == ElementKind.BFloat16 ? ToBFloat16(x) : ToFloats(x);

    /// <summary>Spikes in the kind that there are kernels for, or numbers.</summary>
    private static Tensor ToOperand(Tensor x)
    {
        var spikes = x.Device.Precision == Precision.BFloat16 ? ElementKind.SpikeBits : ElementKind.Spikes;
        return x.Kind == spikes ? x.Share(x.Shape) : ToNumbers(x);
    }

    /// <summary>The weights as the products read them, rounded; packed once per change of the weights.</summary>
    private static ArrayView<uint> TensorPanels(Tensor weight, bool swap, bool spikes)
    {
        var kind = Operands(weight.Device);
        return weight.Derive(
            ("tensor", kind, swap, spikes),
            weight.Shape,
            target =>
            {
                if (kind == ElementKind.BFloat16) PackWeights<BFloat16>(weight, target, swap, spikes);
                else PackWeights<Tf32>(weight, target, swap, spikes);
            },
            kind).Words;
    }

    private static void PackWeights<TOperand>(Tensor weight, Tensor target, bool swap, bool spikes)
        where TOperand : struct, IOperand => weight.Device.Launcher.Run(
        new TensorPack<TOperand>(weight.View, target.Words, WeightSpec(weight), swap, spikes), weight.Shape.Size / TOperand.PerWord);

    private static void Multiply(Tensor x, ArrayView<uint> weights, Tensor y, in GatherSpec gather)
    {
        switch (x.Kind)
        {
            case ElementKind.SpikeBits: Multiply<BFloat16, GatheredSpikes>(x, weights, y, gather); break;
            case ElementKind.BFloat16: Multiply<BFloat16, GatheredNumbers<BFloat16>>(x, weights, y, gather); break;
            case ElementKind.Spikes: Multiply<Tf32, GatheredBytes>(x, weights, y, gather); break;
            default: Multiply<Tf32, GatheredNumbers<Tf32>>(x, weights, y, gather); break;
        }
    }

    private static void Multiply<TOperand, TGathered>(Tensor x, ArrayView<uint> weights, Tensor y, in GatherSpec gather)
        where TOperand : struct, IOperand
        where TGathered : struct, IGathered<TGathered, TOperand>
    {
        if (y.Device.Launcher.Plan.MatrixUnits == MatrixUnits.Emulated) Multiply<EmulatedWarp, TOperand, TGathered>(x, weights, y, gather);
        else Multiply<PtxWarp, TOperand, TGathered>(x, weights, y, gather);
    }

    private static void Multiply<TWarp, TOperand, TGathered>(Tensor x, ArrayView<uint> weights, Tensor y, in GatherSpec gather)
        where TWarp : struct, IWarp<TWarp>
        where TOperand : struct, IOperand
        where TGathered : struct, IGathered<TGathered, TOperand>
    {
        if (gather.Outputs % 128 == 0) Multiply<TWarp, TOperand, TGathered, Wide>(x, weights, y, gather);
        else Multiply<TWarp, TOperand, TGathered, Narrow>(x, weights, y, gather);
    }

    private static void Multiply<TWarp, TOperand, TGathered, TWidth>(Tensor x, ArrayView<uint> weights, Tensor y, in GatherSpec gather)
        where TWarp : struct, IWarp<TWarp>
        where TOperand : struct, IOperand
        where TGathered : struct, IGathered<TGathered, TOperand>
        where TWidth : struct, ITileWidth => y.Device.Launcher.RunGroups(
        new TensorConv2D<TWarp, TOperand, TGathered, TWidth>(x.Words, weights, y.Words, gather),
        TensorConv2D<TWarp, TOperand, TGathered, TWidth>.Groups(gather));

    /// <summary>A weight gradient's product, whatever the hardware, operand and width.</summary>
    private sealed record WeightProduct(
        Launcher Launcher, ArrayView<uint> X, ArrayView<uint> DY, ArrayView<float> Partial, Conv2DSpec Spec, int SlicePixels, int Groups)
    {
        public void Run<TOperand, TLeft>(bool wide)
            where TOperand : struct, IOperand
            where TLeft : struct, ITransposed<TLeft, TOperand>
        {
            if (Launcher.Plan.MatrixUnits == MatrixUnits.Emulated) Run<EmulatedWarp, TOperand, TLeft>(wide);
            else Run<PtxWarp, TOperand, TLeft>(wide);
        }

        private void Run<TWarp, TOperand, TLeft>(bool wide)
            where TWarp : struct, IWarp<TWarp>
            where TOperand : struct, IOperand
            where TLeft : struct, ITransposed<TLeft, TOperand>
        {
            if (wide) Launch<TWarp, TOperand, TLeft, Wide>();
            else Launch<TWarp, TOperand, TLeft, Narrow>();
        }

        private void Launch<TWarp, TOperand, TLeft, TWidth>()
            where TWarp : struct, IWarp<TWarp>
            where TOperand : struct, IOperand
            where TLeft : struct, ITransposed<TLeft, TOperand>
            where TWidth : struct, ITileWidth =>
            Launcher.RunGroups(new TensorWeightGradient<TWarp, TOperand, TLeft, TWidth>(X, DY, Partial, Spec, SlicePixels), Groups);
    }
}
