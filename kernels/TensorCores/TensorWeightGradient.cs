using ILGPU;

namespace Idsnn.Kernels;

/// <summary>
/// The left operand of a weight gradient, transposed: row m = tap·Ci + channel, column = output pixel. 32 pixels make a stage.
/// </summary>
/// <typeparam name="TSelf">The implementation itself.</typeparam>
public interface ITransposed<TSelf>
    where TSelf : struct, ITransposed<TSelf>
{
    /// <summary>Bytes of a stage.</summary>
    static abstract int Bytes { get; }

    /// <summary>What the products must be multiplied by.</summary>
    static abstract float Scale { get; }

    /// <summary>The part of one thread of a group of that many threads, rows from <paramref name="firstRow"/>.</summary>
    static abstract TSelf Create(int firstRow, int thread, int threads, in Conv2DSpec spec);

    /// <summary>Begins the thread's copies of the pixels from <paramref name="firstPixel"/> on, below <paramref name="end"/>.</summary>
    void Copy<TWarp>(TWarp warp, int stage, ArrayView<uint> x, int firstPixel, int end, in Conv2DSpec spec)
        where TWarp : struct, IWarp<TWarp>;

    /// <summary>64 rows × 16 pixels.</summary>
    LeftFragments Load<TWarp>(TWarp warp, int stage, int firstRow, int step, int lane)
        where TWarp : struct, IWarp<TWarp>;
}

/// <summary>The input pixel under one tap of each output pixel.</summary>
internal readonly struct TapPixels(int kh, int kw)
{
    /// <summary>The input pixel, or a negative number outside the image and beyond the end.</summary>
    public int At(int pixel, int end, in Conv2DSpec spec)
    {
        int line = pixel / spec.OW, n = line / spec.OH;
        int h = ((line - (n * spec.OH)) * spec.Stride) + kh - spec.Padding, w = ((pixel - (line * spec.OW)) * spec.Stride) + kw - spec.Padding;
        bool inside = pixel < end && h >= 0 && h < spec.H && w >= 0 && w < spec.W;
        return inside ? (((n * spec.H) + h) * spec.W) + w : -1;
    }
}

/// <summary>bf16 images: a stage is 32 pixels × 128 rows, and ldmatrix transposes it.</summary>
public readonly struct TransposedNumbers : ITransposed<TransposedNumbers>
{
    private const int RowBytes = Tile.Rows * 2, RowChunks = RowBytes / 16;

    private readonly TapPixels taps;
    private readonly int channel, first, lines, part;

    private TransposedNumbers(TapPixels taps, int channel, int first, int lines, int part)
    {
        this.taps = taps;
        this.channel = channel;
        this.first = first;
        this.lines = lines;
        this.part = part;
    }

    /// <inheritdoc/>
    public static int Bytes => Tile.Depth * RowBytes;

    /// <inheritdoc/>
    public static float Scale => 1f;

    /// <inheritdoc/>
    public static TransposedNumbers Create(int firstRow, int thread, int threads, in Conv2DSpec spec)
    {
        int part = thread % RowChunks, row = firstRow + (part * 8), tap = row / spec.Ci;
        int channel = tap < spec.Taps ? row - (tap * spec.Ci) : -1;
        return new TransposedNumbers(new TapPixels(tap / spec.KW, tap % spec.KW), channel, thread / RowChunks, threads / RowChunks, part);
    }

    /// <inheritdoc/>
    public void Copy<TWarp>(TWarp warp, int stage, ArrayView<uint> x, int firstPixel, int end, in Conv2DSpec spec)
        where TWarp : struct, IWarp<TWarp>
    {
        for (int line = first; line < Tile.Depth; line += lines)
        {
            int pixel = channel < 0 ? -1 : taps.At(firstPixel + line, end, spec);
            warp.CopyChunk(
                stage + SharedLayout.Rows128(line, part, RowBytes), x, ((pixel * spec.Ci) + channel) / 2, pixel >= 0);
        }
    }

    /// <inheritdoc/>
    public LeftFragments Load<TWarp>(TWarp warp, int stage, int firstRow, int step, int lane)
        where TWarp : struct, IWarp<TWarp> => new(
        warp.LoadTransposed(new LeftTransposed(stage, RowBytes, firstRow, step)),
        warp.LoadTransposed(new LeftTransposed(stage, RowBytes, firstRow + 16, step)),
        warp.LoadTransposed(new LeftTransposed(stage, RowBytes, firstRow + 32, step)),
        warp.LoadTransposed(new LeftTransposed(stage, RowBytes, firstRow + 48, step)));
}

/// <summary>Spikes as bits: a stage is 32 pixels × 4 words, and the bits are picked in registers, as in <see cref="GatheredSpikes"/>.</summary>
public readonly struct TransposedSpikes : ITransposed<TransposedSpikes>
{
    private const int Words = Tile.Rows / 32;

    private readonly TapPixels taps;
    private readonly int word, thread;

    private TransposedSpikes(TapPixels taps, int word, int thread)
    {
        this.taps = taps;
        this.word = word;
        this.thread = thread;
    }

    /// <inheritdoc/>
    public static int Bytes => Tile.Depth * Words * sizeof(uint);

    /// <inheritdoc/>
    public static float Scale => 0.5f;

    /// <inheritdoc/>
    public static TransposedSpikes Create(int firstRow, int thread, int threads, in Conv2DSpec spec)
    {
        int row = firstRow + ((thread & (Words - 1)) * 32), tap = row / spec.Ci;
        int word = tap < spec.Taps ? (row - (tap * spec.Ci)) / 32 : -1;
        return new TransposedSpikes(new TapPixels(tap / spec.KW, tap % spec.KW), word, thread);
    }

    /// <inheritdoc/>
    public void Copy<TWarp>(TWarp warp, int stage, ArrayView<uint> x, int firstPixel, int end, in Conv2DSpec spec)
        where TWarp : struct, IWarp<TWarp>
    {
        if (thread >= Tile.Depth * Words) return;
        int pixel = word < 0 ? -1 : taps.At(firstPixel + (thread / Words), end, spec);
        warp.CopyWord(stage + (thread * sizeof(uint)), x, (pixel * (spec.Ci / 32)) + word, pixel >= 0);
    }

    /// <inheritdoc/>
    public LeftFragments Load<TWarp>(TWarp warp, int stage, int firstRow, int step, int lane)
        where TWarp : struct, IWarp<TWarp>
    {
        // Pixels 2t, 2t+1, 2t+8, 2t+9; the warp's 64 rows are two words of each.
        int at = stage + ((((16 * step) + (2 * (lane & 3))) * Words) + (firstRow / 32)) * sizeof(uint), g = lane >> 2;
        const int next = Words * sizeof(uint), eight = 8 * next;
        uint a0 = warp.LoadWord(at) >> g, a1 = warp.LoadWord(at + next) >> g;
        uint a8 = warp.LoadWord(at + eight) >> g, a9 = warp.LoadWord(at + eight + next) >> g;
        uint b0 = warp.LoadWord(at + 4) >> g, b1 = warp.LoadWord(at + next + 4) >> g;
        uint b8 = warp.LoadWord(at + eight + 4) >> g, b9 = warp.LoadWord(at + eight + next + 4) >> g;
        return new LeftFragments(
            new U4(Bits0(a0, a1), Bits8(a0, a1), Bits0(a8, a9), Bits8(a8, a9)),
            new U4(Bits16(a0, a1), Bits24(a0, a1), Bits16(a8, a9), Bits24(a8, a9)),
            new U4(Bits0(b0, b1), Bits8(b0, b1), Bits0(b8, b9), Bits8(b8, b9)),
            new U4(Bits16(b0, b1), Bits24(b0, b1), Bits16(b8, b9), Bits24(b8, b9)));
    }

    // Bit n of two words as two bf16 numbers, each 0 or 2: bits 14 and 30.
    private static uint Bits0(uint lower, uint upper) => ((lower << 14) & 0x4000u) | ((upper << 30) & 0x40000000u);

    private static uint Bits8(uint lower, uint upper) => ((lower << 6) & 0x4000u) | ((upper << 22) & 0x40000000u);

    private static uint Bits16(uint lower, uint upper) => ((lower >> 2) & 0x4000u) | ((upper << 14) & 0x40000000u);

    private static uint Bits24(uint lower, uint upper) => ((lower >> 10) & 0x4000u) | ((upper << 6) & 0x40000000u);
}

/// <summary>
/// Partial dW of a convolution on tensor cores: rows are (tap, input channel), columns output channels, and the inner dimension, all
/// output pixels, is split into slices. One group: 128 rows × 64 or 128 columns of one slice. <see cref="SumRows"/> adds the slices
/// in order. Reference: Conv2DReference.WeightGradient.
/// </summary>
/// <typeparam name="TWarp">The hardware or its emulation.</typeparam>
/// <typeparam name="TLeft">Numbers or spikes.</typeparam>
/// <typeparam name="TWidth">The tile's width.</typeparam>
/// <param name="x">[N, H, W, Ci]: bf16 pairs, or words of 32 spikes.</param>
/// <param name="dy">[N, OH, OW, Co], bf16 pairs.</param>
/// <param name="partial">[slices, taps, Ci, Co].</param>
/// <param name="spec">The geometry.</param>
/// <param name="slicePixels">Pixels of a slice.</param>
public readonly struct TensorWeightGradient<TWarp, TLeft, TWidth>(
    ArrayView<uint> x, ArrayView<uint> dy, ArrayView<float> partial, Conv2DSpec spec, int slicePixels) : IGroupKernel, IMeasured
    where TWarp : struct, IWarp<TWarp>
    where TLeft : struct, ITransposed<TLeft>
    where TWidth : struct, ITileWidth
{
    /// <inheritdoc/>
    public static int GroupSize => Tile<TWidth>.Threads;

    /// <inheritdoc/>
    public double Flops => spec.Flops;

    private static int RowBytes => Tile<TWidth>.Columns * 2;

    private static int StageBytes => TLeft.Bytes + (Tile.Depth * RowBytes);

    /// <summary>Groups of one slice.</summary>
    public static int GroupsPerSlice(in Conv2DSpec spec) => RowBlocks(spec) * ColumnBlocks(spec);

    /// <inheritdoc/>
    public void Execute()
    {
        var warp = TWarp.Create();
        int thread = Group.IdxX, lane = thread & 31, columns = ColumnBlocks(spec), rows = RowBlocks(spec);
        int block = Grid.IdxX / columns, firstColumn = (Grid.IdxX - (block * columns)) * Tile<TWidth>.Columns;
        int slice = block / rows, firstRow = (block - (slice * rows)) * Tile.Rows;
        int warpRow = (thread >> 5) / TWidth.Warps * Tile.WarpRows, warpColumn = (thread >> 5) % TWidth.Warps * Tile.WarpColumns;
        var left = TLeft.Create(firstRow, thread, GroupSize, spec);
        int pixel = slice * slicePixels, end = Math.Min(pixel + slicePixels, spec.N * spec.OH * spec.OW);
        int stages = (end - pixel + Tile.Depth - 1) / Tile.Depth, filled = 0;
        for (; filled < Tile.Stages - 1; filled++)
        {
            if (filled < stages) Fill(warp, left, filled * StageBytes, thread, firstColumn, pixel, end);
            warp.Commit();
            pixel += Tile.Depth;
        }

        WarpTile c = default;
        int current = 0, next = (Tile.Stages - 1) * StageBytes;
        for (int stage = 0; stage < stages; stage++)
        {
            warp.Wait();
            Group.Barrier();
            if (filled < stages) Fill(warp, left, next, thread, firstColumn, pixel, end);
            warp.Commit();
            pixel += Tile.Depth;
            filled++;
            MultiplyAdd(warp, left, ref c, current, warpRow, warpColumn, 0, lane);
            MultiplyAdd(warp, left, ref c, current, warpRow, warpColumn, 1, lane);
            current = Following(current);
            next = Following(next);
        }

        c.Store(new Target(partial, spec, slice, firstRow + warpRow, firstColumn + warpColumn), lane);
    }

    private static int RowBlocks(in Conv2DSpec spec) => ((spec.Taps * spec.Ci) + Tile.Rows - 1) / Tile.Rows;

    private static int ColumnBlocks(in Conv2DSpec spec) => (spec.Co + Tile<TWidth>.Columns - 1) / Tile<TWidth>.Columns;

    private static int Following(int stage) => stage == (Tile.Stages - 1) * StageBytes ? 0 : stage + StageBytes;

    private void Fill(TWarp warp, TLeft left, int stage, int thread, int firstColumn, int firstPixel, int end)
    {
        left.Copy(warp, stage, x, firstPixel, end, spec);
        int chunks = RowBytes / 16, part = thread % chunks, line = thread / chunks, column = firstColumn + (part * 8);
        Fill(warp, stage, line, part, firstPixel + line, end, column);
        line += GroupSize / chunks;
        Fill(warp, stage, line, part, firstPixel + line, end, column);
    }

    private void Fill(TWarp warp, int stage, int line, int part, int pixel, int end, int column) => warp.CopyChunk(
        stage + TLeft.Bytes + SharedLayout.Rows128(line, part, RowBytes), dy, ((pixel * spec.Co) + column) / 2,
        pixel < end && column < spec.Co);

    private static void MultiplyAdd(TWarp warp, TLeft left, ref WarpTile c, int stage, int warpRow, int warpColumn, int step, int lane)
    {
        var rows = left.Load(warp, stage, warpRow, step, lane);
        int start = stage + TLeft.Bytes;
        var columns = new RightFragments(
            warp.LoadTransposed(new RightTransposed(start, RowBytes, warpColumn, step)),
            warp.LoadTransposed(new RightTransposed(start, RowBytes, warpColumn + 16, step)));
        warp.MultiplyAdd(ref c, rows, columns);
    }

    private readonly struct Target(ArrayView<float> partial, Conv2DSpec spec, int slice, int firstRow, int firstColumn) : ITileTarget
    {
        public int Row(int row) => firstRow + row < spec.Taps * spec.Ci && firstColumn < spec.Co
            ? (((slice * spec.Taps * spec.Ci) + firstRow + row) * spec.Co) + firstColumn
            : -1;

        public void Store(int row, int column, float left, float right)
        {
            if (row < 0) return;
            partial[row + column] = left * TLeft.Scale;
            partial[row + column + 1] = right * TLeft.Scale;
        }
    }
}
