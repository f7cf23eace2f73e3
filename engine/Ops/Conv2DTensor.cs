using Idsnn.Kernels;
using ILGPU;

namespace Idsnn.Engine;

public static partial class Ops
{
    private static bool UsesTensorCores(Device device, FastPath path, in Conv2DSpec spec) =>
        device.Uses(path) && device.Launcher.Plan.MatrixUnits != MatrixUnits.None && spec.Ci % Tile.Depth == 0 && spec.Co % Tile.Depth == 0;

    /// <summary>y in bf16 from spikes in bits or anything else, which is rounded to bf16.</summary>
    private static Tensor TensorConvolve(Tensor x, Tensor weight, Conv2DSpec spec)
    {
        bool bits = x.Kind == ElementKind.SpikeBits;
        using var operand = bits ? x.Share(x.Shape) : ToBFloat16(x);
        var y = Tensor.Empty(x.Device, [spec.N, spec.OH, spec.OW, spec.Co], ElementKind.BFloat16);
        var packed = TensorPanels(weight, swap: false, bits);
        var gather = GatherSpec.Forward(spec);
        if (bits) Multiply<GatheredSpikes>(operand, packed, y, gather);
        else Multiply<GatheredNumbers>(operand, packed, y, gather);
        return y;
    }

    private static Tensor TensorInputGradient(Tensor dY, Tensor weight, Conv2DSpec spec)
    {
        using var operand = ToBFloat16(dY);
        var dX = Tensor.Empty(dY.Device, [spec.N, spec.H, spec.W, spec.Ci], ElementKind.BFloat16);
        var packed = TensorPanels(weight, swap: true, spikes: false);
        foreach (var phase in Phases(spec)) Multiply<GatheredNumbers>(operand, packed, dX, GatherSpec.InputGradient(spec, phase));
        return dX;
    }

    private static Tensor TensorWeightGradient(Tensor x, Tensor dY, Conv2DSpec spec)
    {
        bool bits = x.Kind == ElementKind.SpikeBits, wide = spec.Co % 128 == 0;
        using var operand = bits ? x.Share(x.Shape) : ToBFloat16(x);
        using var gradient = ToBFloat16(dY);
        var launcher = dY.Device.Launcher;
        int groups = wide
            ? TensorWeightGradient<PtxWarp, TransposedSpikes, Wide>.GroupsPerSlice(spec)
            : TensorWeightGradient<PtxWarp, TransposedSpikes, Narrow>.GroupsPerSlice(spec);
        int width = spec.Taps * spec.Ci * spec.Co, threads = wide ? Tile<Wide>.Threads : Tile<Narrow>.Threads;
        int stages = ((spec.N * spec.OH * spec.OW) + Tile.Depth - 1) / Tile.Depth;
        int sliceStages = launcher.Plan.SliceRows(stages, groups * threads, 0, width), slices = (stages + sliceStages - 1) / sliceStages;
        var dW = Tensor.Empty(dY.Device, [spec.KH, spec.KW, spec.Ci, spec.Co]);
        using var partial = slices == 1 ? dW.Share(dW.Shape) : Tensor.Empty(dY.Device, [slices, width]);
        var product = new WeightProduct(launcher, operand.Words, gradient.Words, partial.View, spec, sliceStages * Tile.Depth, slices * groups);
        if (bits) product.Run<TransposedSpikes>(wide);
        else product.Run<TransposedNumbers>(wide);
        int lanes = launcher.Plan.Lanes(16);
        if (slices > 1) launcher.Run(new SumRows(partial.View, dW.View, slices, width, slices), lanes, width / lanes);
        return dW;
    }

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

    /// <summary>The weights in bf16 as the products read them; packed once per change of the weights.</summary>
    private static ArrayView<uint> TensorPanels(Tensor weight, bool swap, bool spikes) => weight.Derive(
        ("tensor", swap, spikes),
        weight.Shape,
        target => weight.Device.Launcher.Run(
            new TensorPack(weight.View, target.Words, WeightSpec(weight), swap, spikes), weight.Shape.Size / 2),
        ElementKind.BFloat16).Words;

    private static void Multiply<TGathered>(Tensor x, ArrayView<uint> weights, Tensor y, in GatherSpec gather)
        where TGathered : struct, IGathered<TGathered>
    {
        if (y.Device.Launcher.Plan.MatrixUnits == MatrixUnits.Emulated) Multiply<EmulatedWarp, TGathered>(x, weights, y, gather);
        else Multiply<PtxWarp, TGathered>(x, weights, y, gather);
    }

    private static void Multiply<TWarp, TGathered>(Tensor x, ArrayView<uint> weights, Tensor y, in GatherSpec gather)
        where TWarp : struct, IWarp<TWarp>
        where TGathered : struct, IGathered<TGathered>
    {
        if (gather.Outputs % 128 == 0) Multiply<TWarp, TGathered, Wide>(x, weights, y, gather);
        else Multiply<TWarp, TGathered, Narrow>(x, weights, y, gather);
    }

    private static void Multiply<TWarp, TGathered, TWidth>(Tensor x, ArrayView<uint> weights, Tensor y, in GatherSpec gather)
        where TWarp : struct, IWarp<TWarp>
        where TGathered : struct, IGathered<TGathered>
        where TWidth : struct, ITileWidth => y.Device.Launcher.RunGroups(
        new TensorConv2D<TWarp, TGathered, TWidth>(x.Words, weights, y.Words, gather),
        TensorConv2D<TWarp, TGathered, TWidth>.Groups(gather));

    /// <summary>A weight gradient's product, whatever the hardware, operand and width.</summary>
    private sealed record WeightProduct(
        Launcher Launcher, ArrayView<uint> X, ArrayView<uint> DY, ArrayView<float> Partial, Conv2DSpec Spec, int SlicePixels, int Groups)
    {
        public void Run<TLeft>(bool wide)
            where TLeft : struct, ITransposed<TLeft>
        {
            if (Launcher.Plan.MatrixUnits == MatrixUnits.Emulated) Run<EmulatedWarp, TLeft>(wide);
            else Run<PtxWarp, TLeft>(wide);
        }

        private void Run<TWarp, TLeft>(bool wide)
            where TWarp : struct, IWarp<TWarp>
            where TLeft : struct, ITransposed<TLeft>
        {
            if (wide) Launch<TWarp, TLeft, Wide>();
            else Launch<TWarp, TLeft, Narrow>();
        }

        private void Launch<TWarp, TLeft, TWidth>()
            where TWarp : struct, IWarp<TWarp>
            where TLeft : struct, ITransposed<TLeft>
            where TWidth : struct, ITileWidth =>
            Launcher.RunGroups(new TensorWeightGradient<TWarp, TLeft, TWidth>(X, DY, Partial, Spec, SlicePixels), Groups);
    }
}
