using Idsnn.Engine;
using Idsnn.Kernels;
using ILGPU;

namespace Idsnn.Tests;

/// <summary>The convolutions for tensor cores, on the emulation of a warp, against the plain reference.</summary>
public sealed class TensorConv2DTests : EmulatedTests
{
    // What rounding the result to bf16 costs.
    private const double Rounding = 3e-3;

    // 3×3 and 1×1, strides 1 and 2, odd sizes, channels that leave part of a tile empty, and more results than one group has.
    private static readonly Conv2DSpec[] Specs =
    [
        new(1, 5, 6, 32, 64, 3, 3, 1, 1), new(1, 5, 4, 64, 32, 3, 3, 2, 1), new(2, 9, 8, 32, 96, 1, 1, 1, 0),
    ];

    private static IEnumerable<TestCaseData> Cases => Specs.Select(spec => new TestCaseData(spec).SetArgDisplayNames(spec.Label));

    [TestCaseSource(nameof(Cases))]
    public void ForwardOfNumbers(Conv2DSpec spec)
    {
        var draw = new Draw(1);
        float[] x = Round(draw.Fill([spec.N, spec.H, spec.W, spec.Ci])), weight = Round(draw.Fill([spec.KH, spec.KW, spec.Ci, spec.Co]));
        float[] y = Run<GatheredNumbers, Narrow>(Pairs(x), weight, spec, GatherSpec.Forward(spec), false, false, spec.N * spec.OH * spec.OW * spec.Co);
        Close.To(Conv2DReference.Forward(x.Widen(), weight.Widen(), new double[spec.Co], spec), y, Rounding, "y");
    }

    [TestCaseSource(nameof(Cases))]
    public void ForwardOfSpikes(Conv2DSpec spec)
    {
        var draw = new Draw(2);
        float[] x = Spikes(draw, spec), weight = Round(draw.Fill([spec.KH, spec.KW, spec.Ci, spec.Co]));
        float[] y = Run<GatheredSpikes, Narrow>(Bits(x), weight, spec, GatherSpec.Forward(spec), false, true, spec.N * spec.OH * spec.OW * spec.Co);
        Close.To(Conv2DReference.Forward(x.Widen(), weight.Widen(), new double[spec.Co], spec), y, Rounding, "y");
    }

    [Test]
    public void AWideTile()
    {
        var spec = new Conv2DSpec(1, 3, 4, 32, 128, 1, 1, 1, 0);
        var draw = new Draw(7);
        float[] x = Round(draw.Fill([12, 32])), weight = Round(draw.Fill([32, 128]));
        float[] y = Run<GatheredNumbers, Wide>(Pairs(x), weight, spec, GatherSpec.Forward(spec), false, false, 12 * 128);
        Close.To(Conv2DReference.Forward(x.Widen(), weight.Widen(), null, spec), y, Rounding, "y");
    }

    [TestCaseSource(nameof(Cases))]
    public void InputGradient(Conv2DSpec spec)
    {
        var draw = new Draw(3);
        float[] dy = Round(draw.Fill([spec.N, spec.OH, spec.OW, spec.Co])), weight = Round(draw.Fill([spec.KH, spec.KW, spec.Ci, spec.Co]));
        var dx = Unwritten(spec.N * spec.H * spec.W * spec.Ci / 2);
        var (pairs, packed) = (Pairs(dy), Pack(weight, spec, true, false));
        foreach (var (h, w) in Loop.Over(spec.Stride, spec.Stride))
        {
            var phase = new Phase(h, w, (spec.H - h + spec.Stride - 1) / spec.Stride, (spec.W - w + spec.Stride - 1) / spec.Stride);
            var gather = GatherSpec.InputGradient(spec, phase);
            Device.Launcher.RunGroups(
                new TensorConv2D<EmulatedWarp, GatheredNumbers, Narrow>(pairs, packed, dx, gather),
                TensorConv2D<EmulatedWarp, GatheredNumbers, Narrow>.Groups(gather));
        }

        Close.To(Conv2DReference.InputGradient(dy.Widen(), weight.Widen(), spec), Numbers(dx), Rounding, "dX");
    }

    [TestCaseSource(nameof(Cases))]
    public void WeightGradientOfNumbers(Conv2DSpec spec)
    {
        float[] x = Round(new Draw(4).Fill([spec.N, spec.H, spec.W, spec.Ci]));
        WeightGradient<TransposedNumbers, Narrow>(x, Pairs(x), spec, 64);
    }

    [TestCaseSource(nameof(Cases))]
    public void WeightGradientOfSpikes(Conv2DSpec spec)
    {
        float[] x = Spikes(new Draw(5), spec);
        WeightGradient<TransposedSpikes, Narrow>(x, Bits(x), spec, 1000);
    }

    private static void WeightGradient<TLeft, TWidth>(float[] numbers, ArrayView<uint> x, Conv2DSpec spec, int slicePixels)
        where TLeft : struct, ITransposed<TLeft>
        where TWidth : struct, ITileWidth
    {
        int pixels = spec.N * spec.OH * spec.OW, slices = (pixels + slicePixels - 1) / slicePixels;
        float[] dy = Round(new Draw(6).Fill([spec.N, spec.OH, spec.OW, spec.Co]));
        var partial = Tensor.Full(Device, [slices, spec.Taps, spec.Ci, spec.Co], float.NaN);
        var dw = Tensor.Empty(Device, [spec.KH, spec.KW, spec.Ci, spec.Co]);
        Device.Launcher.RunGroups(
            new TensorWeightGradient<EmulatedWarp, TLeft, TWidth>(x, Pairs(dy), partial.View, spec, slicePixels),
            slices * TensorWeightGradient<EmulatedWarp, TLeft, TWidth>.GroupsPerSlice(spec));
        Device.Launcher.Run(new SumRows(partial.View, dw.View, slices, dw.Shape.Size, slices), 16, dw.Shape.Size / 16);
        Close.To(Conv2DReference.WeightGradient(numbers.Widen(), dy.Widen(), spec), dw.ToArray(), 1e-6, "dW");
    }

    private static float[] Spikes(Draw draw, Conv2DSpec spec) =>
        [.. draw.Fill([spec.N, spec.H, spec.W, spec.Ci]).Select(x => x > 0.4f ? 1f : 0f)];

    private static float[] Run<TGathered, TWidth>(
        ArrayView<uint> x, float[] weight, Conv2DSpec spec, GatherSpec gather, bool swap, bool spikes, int results)
        where TGathered : struct, IGathered<TGathered>
        where TWidth : struct, ITileWidth
    {
        var y = Unwritten(results / 2);
        Device.Launcher.RunGroups(
            new TensorConv2D<EmulatedWarp, TGathered, TWidth>(x, Pack(weight, spec, swap, spikes), y, gather),
            TensorConv2D<EmulatedWarp, TGathered, TWidth>.Groups(gather));
        return Numbers(y);
    }

    private static ArrayView<uint> Pack(float[] weight, Conv2DSpec spec, bool swap, bool spikes)
    {
        var packed = Unwritten(weight.Length / 2);
        var source = Tensor.From(Device, [weight.Length], weight);
        Device.Launcher.Run(new TensorPack(source.View, packed, spec, swap, spikes), weight.Length / 2);
        return packed;
    }
}
