using Idsnn.Engine;
using Idsnn.Kernels.Ops;
using Idsnn.Kernels.Packed;
using Idsnn.Kernels.Profiling;
using Idsnn.Kernels.TensorCores;
using ILGPU;

namespace Idsnn.Tests;

/// <summary>The convolutions for tensor cores, on the emulation of a warp, against the plain reference of the rounded operands.</summary>
/// <typeparam name="TOperand">What is multiplied.</typeparam>
/// <typeparam name="TGathered">Spikes in a convolution.</typeparam>
/// <typeparam name="TTransposed">Spikes in a weight gradient.</typeparam>
/// <param name="rounding">What rounding the result costs.</param>
/// <param name="spike">The largest sum of spikes.</param>
[TestFixture(typeof(BFloat16), typeof(GatheredSpikes), typeof(TransposedSpikes), 3e-3, 1)]
[TestFixture(typeof(Tf32), typeof(GatheredBytes), typeof(TransposedBytes), 1e-6, 255)]
public sealed class TensorConv2DTests<TOperand, TGathered, TTransposed>(double rounding, int spike) : EmulatedTests
    where TOperand : struct, IOperand
    where TGathered : struct, IGathered<TGathered, TOperand>
    where TTransposed : struct, ITransposed<TTransposed, TOperand>
{
    // 3×3 and 1×1, strides 1 and 2, odd sizes, channels that leave part of a tile empty, and more results than one group has.
    private static readonly Conv2DSpec[] Specs =
    [
        new(1, 5, 6, 32, 64, 3, 3, 1, 1), new(1, 5, 4, 64, 32, 3, 3, 2, 1), new(2, 9, 8, 32, 96, 1, 1, 1, 0),
    ];

    private static IEnumerable<TestCaseData> Cases => Specs.Select(spec => new TestCaseData(spec).SetArgDisplayNames(spec.Label));

    private static bool Packs => TOperand.PerWord == 2;

    [TestCaseSource(nameof(Cases))]
    public void ForwardOfNumbers(Conv2DSpec spec) => Forward<GatheredNumbers<TOperand>, Narrow>(spec);

    [Test]
    public void AWideTile() => Forward<GatheredNumbers<TOperand>, Wide>(new Conv2DSpec(1, 3, 4, 32, 128, 1, 1, 1, 0));

    [TestCaseSource(nameof(Cases))]
    public void ForwardOfSpikes(Conv2DSpec spec) => Forward<TGathered, Narrow>(spec, spikes: true);

    [TestCaseSource(nameof(Cases))]
    public void InputGradient(Conv2DSpec spec)
    {
        var draw = new Draw(3);
        float[] dy = draw.Fill([spec.N, spec.OH, spec.OW, spec.Co]), weight = draw.Fill([spec.KH, spec.KW, spec.Ci, spec.Co]);
        int results = spec.N * spec.H * spec.W * spec.Ci;
        var dx = Unwritten(results / TOperand.PerWord);
        var (words, packed) = (Memory(dy), Pack(weight, spec, true, false));
        foreach (var (h, w) in Loop.Over(spec.Stride, spec.Stride))
        {
            var phase = new Phase(h, w, (spec.H - h + spec.Stride - 1) / spec.Stride, (spec.W - w + spec.Stride - 1) / spec.Stride);
            var gather = GatherSpec.InputGradient(spec, phase);
            Device.Launcher.RunGroups(
                new TensorConv2D<EmulatedWarp, TOperand, GatheredNumbers<TOperand>, Narrow>(words, packed, dx, gather),
                TensorConv2D<EmulatedWarp, TOperand, GatheredNumbers<TOperand>, Narrow>.Groups(gather));
        }

        Close.To(Conv2DReference.InputGradient(Rounded(dy).Widen(), Rounded(weight).Widen(), spec), Results(dx), rounding, "dX");
    }

    [TestCaseSource(nameof(Cases))]
    public void WeightGradientOfNumbers(Conv2DSpec spec)
    {
        float[] x = new Draw(4).Fill([spec.N, spec.H, spec.W, spec.Ci]);
        WeightGradient<TransposedNumbers<TOperand>, Narrow>(Rounded(x), Memory(x), spec, 64);
    }

    [TestCaseSource(nameof(Cases))]
    public void WeightGradientOfSpikes(Conv2DSpec spec)
    {
        float[] x = Spikes(new Draw(5), spec);
        WeightGradient<TTransposed, Narrow>(x, SpikeMemory(x), spec, 1000);
    }

    [Test]
    public void AWideWeightGradient()
    {
        var spec = new Conv2DSpec(1, 3, 6, 32, 128, 1, 1, 1, 0);
        float[] x = new Draw(8).Fill([spec.N, spec.H, spec.W, spec.Ci]);
        WeightGradient<TransposedNumbers<TOperand>, Wide>(Rounded(x), Memory(x), spec, 1000);
    }

    [Test]
    public void ThePeaksProductsAreThoseOfItsTiles()
    {
        const int rounds = 3;
        var y = Tensor.Full(Device, [2, TensorPeak.Warps, Tile.WarpRows, Tile.WarpColumns], float.NaN);
        PeakLoad.Products<TOperand>(y, rounds);
        int depth = TensorPeak.FlopsPerSum<TOperand>() / 2;
        Assert.That(depth, Is.EqualTo(8 * TOperand.PerWord));
        Assert.That(y.ToArray(), Is.EqualTo(Enumerable.Range(0, y.Shape.Size).Select(i =>
            rounds * depth * (1 + (i / Tile.WarpColumns % Tile.WarpRows / 16)) * MathF.ScaleB(1f, -(i % Tile.WarpColumns / 8)))));
    }

    private void Forward<T, TWidth>(Conv2DSpec spec, bool spikes = false)
        where T : struct, IGathered<T, TOperand>
        where TWidth : struct, ITileWidth
    {
        var draw = new Draw(1);
        float[] x = spikes ? Spikes(draw, spec) : draw.Fill([spec.N, spec.H, spec.W, spec.Ci]);
        float[] weight = draw.Fill([spec.KH, spec.KW, spec.Ci, spec.Co]);
        var y = Unwritten(spec.N * spec.OH * spec.OW * spec.Co / TOperand.PerWord);
        var gather = GatherSpec.Forward(spec);
        Device.Launcher.RunGroups(
            new TensorConv2D<EmulatedWarp, TOperand, T, TWidth>(
                spikes ? SpikeMemory(x) : Memory(x), Pack(weight, spec, false, spikes && Packs), y, gather),
            TensorConv2D<EmulatedWarp, TOperand, T, TWidth>.Groups(gather));
        float[] exact = spikes ? x : Rounded(x);
        Close.To(Conv2DReference.Forward(exact.Widen(), Rounded(weight).Widen(), null, spec), Results(y), rounding, "y");
    }

    private static void WeightGradient<T, TWidth>(float[] numbers, ArrayView<uint> x, Conv2DSpec spec, int slicePixels)
        where T : struct, ITransposed<T, TOperand>
        where TWidth : struct, ITileWidth
    {
        int pixels = spec.N * spec.OH * spec.OW, slices = (pixels + slicePixels - 1) / slicePixels;
        float[] dy = new Draw(6).Fill([spec.N, spec.OH, spec.OW, spec.Co]);
        var partial = Tensor.Full(Device, [slices, spec.Taps, spec.Ci, spec.Co], float.NaN);
        var dw = Tensor.Empty(Device, [spec.KH, spec.KW, spec.Ci, spec.Co]);
        Device.Launcher.RunGroups(
            new TensorWeightGradient<EmulatedWarp, TOperand, T, TWidth>(x, Memory(dy), partial.View, spec, slicePixels),
            slices * TensorWeightGradient<EmulatedWarp, TOperand, T, TWidth>.GroupsPerSlice(spec));
        Device.Launcher.Run(new SumRows(partial.View, dw.View, slices, dw.Shape.Size, slices), 16, dw.Shape.Size / 16);
        Close.To(Conv2DReference.WeightGradient(numbers.Widen(), Rounded(dy).Widen(), spec), dw.ToArray(), 1e-6, "dW");
    }

    private float[] Spikes(Draw draw, Conv2DSpec spec) =>
        [.. draw.Fill([spec.N, spec.H, spec.W, spec.Ci]).Select(x => x > 0.4f ? MathF.Ceiling(MathF.Min(x - 0.4f, 1f) * spike) : 0f)];

    private static float[] Rounded(float[] numbers) => Packs ? Round(numbers) : RoundToTf32(numbers);

    private static ArrayView<uint> Memory(float[] numbers) => Packs ? Pairs(numbers) : Singles(numbers);

    private static ArrayView<uint> SpikeMemory(float[] spikes) => Packs ? Bits(spikes) : Bytes(spikes);

    private static float[] Results(ArrayView<uint> words) => Packs ? Numbers(words) : Floats(words);

    private static ArrayView<uint> Pack(float[] weight, Conv2DSpec spec, bool swap, bool spikes)
    {
        int words = weight.Length / TOperand.PerWord;
        var packed = Unwritten(words);
        var source = Tensor.From(Device, [weight.Length], weight);
        Device.Launcher.Run(new TensorPack<TOperand>(source.View, packed, spec, swap, spikes), words);
        return packed;
    }
}
