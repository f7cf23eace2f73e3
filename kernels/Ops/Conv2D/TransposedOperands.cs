using ILGPU;

namespace Idsnn.Kernels.Ops;

/// <summary>
/// The left operand of a weight gradient, transposed: row m = tap·Ci + channel, column = output pixel. 32 or 16 pixels make a stage.
/// </summary>
/// <typeparam name="TSelf">The implementation itself.</typeparam>
/// <typeparam name="TOperand">What it gives.</typeparam>
public interface ITransposed<TSelf, TOperand>
    where TSelf : struct, ITransposed<TSelf, TOperand>
    where TOperand : struct, IOperand
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

    /// <summary>64 rows × one step of pixels.</summary>
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
        int h = ((line - (n * spec.OH)) * spec.Stride) + kh - spec.Padding,
            w = ((pixel - (line * spec.OW)) * spec.Stride) + kw - spec.Padding;
        bool inside = pixel < end && h >= 0 && h < spec.H && w >= 0 && w < spec.W;
        return inside ? (((n * spec.H) + h) * spec.W) + w : -1;
    }
}

/// <summary>Images of numbers: a stage is 32 or 16 pixels × 128 rows, which are transposed when they are read.</summary>
/// <typeparam name="TOperand">The numbers.</typeparam>
public readonly struct TransposedNumbers<TOperand> : ITransposed<TransposedNumbers<TOperand>, TOperand>
    where TOperand : struct, IOperand
{
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
    public static int Bytes => Pixels * RowBytes;

    /// <inheritdoc/>
    public static float Scale => 1f;

    private static int Pixels => Tile.Words * TOperand.PerWord;

    private static int RowBytes => Tile.Rows * sizeof(uint) / TOperand.PerWord;

    private static int RowChunks => RowBytes / 16;

    /// <inheritdoc/>
    public static TransposedNumbers<TOperand> Create(int firstRow, int thread, int threads, in Conv2DSpec spec)
    {
        int part = thread % RowChunks, row = firstRow + (part * 4 * TOperand.PerWord), tap = row / spec.Ci;
        int channel = tap < spec.Taps ? row - (tap * spec.Ci) : -1;
        return new TransposedNumbers<TOperand>(
            new TapPixels(tap / spec.KW, tap % spec.KW), channel, thread / RowChunks, threads / RowChunks, part);
    }

    /// <inheritdoc/>
    public void Copy<TWarp>(TWarp warp, int stage, ArrayView<uint> x, int firstPixel, int end, in Conv2DSpec spec)
        where TWarp : struct, IWarp<TWarp>
    {
        for (int line = first; line < Pixels; line += lines)
        {
            int pixel = channel < 0 ? -1 : taps.At(firstPixel + line, end, spec);
            warp.CopyChunk(
                stage + TOperand.Place(line, part, RowBytes), x, ((pixel * spec.Ci) + channel) / TOperand.PerWord, pixel >= 0);
        }
    }

    /// <inheritdoc/>
    public LeftFragments Load<TWarp>(TWarp warp, int stage, int firstRow, int step, int lane)
        where TWarp : struct, IWarp<TWarp> => new(
        TOperand.LoadLeft(warp, stage, RowBytes, firstRow, step, lane),
        TOperand.LoadLeft(warp, stage, RowBytes, firstRow + 16, step, lane),
        TOperand.LoadLeft(warp, stage, RowBytes, firstRow + 32, step, lane),
        TOperand.LoadLeft(warp, stage, RowBytes, firstRow + 48, step, lane));
}

/// <summary>
/// Spikes as bits: a stage is 32 pixels × 4 words, and the bits are picked in registers, as in <see cref="GatheredSpikes"/>.
/// </summary>
public readonly struct TransposedSpikes : ITransposed<TransposedSpikes, BFloat16>
{
    private const int Words = Tile.Rows / 32, Pixels = 32;

    private readonly TapPixels taps;
    private readonly int word, thread;

    private TransposedSpikes(TapPixels taps, int word, int thread)
    {
        this.taps = taps;
        this.word = word;
        this.thread = thread;
    }

    /// <inheritdoc/>
    public static int Bytes => Pixels * Words * sizeof(uint);

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
        if (thread >= Pixels * Words) return;
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

/// <summary>Spikes, or sums of them, a byte each: a stage is 16 pixels × 128 bytes, which become tf32 in registers.</summary>
public readonly struct TransposedBytes : ITransposed<TransposedBytes, Tf32>
{
    private const int Chunks = Tile.Rows / 16;

    private readonly TapPixels taps;
    private readonly int channel, thread;

    private TransposedBytes(TapPixels taps, int channel, int thread)
    {
        this.taps = taps;
        this.channel = channel;
        this.thread = thread;
    }

    /// <inheritdoc/>
    public static int Bytes => Tile.Words * Tile.Rows;

    /// <inheritdoc/>
    public static float Scale => 1f;

    /// <inheritdoc/>
    public static TransposedBytes Create(int firstRow, int thread, int threads, in Conv2DSpec spec)
    {
        int row = firstRow + (thread % Chunks * 16), tap = row / spec.Ci;
        int channel = tap < spec.Taps ? row - (tap * spec.Ci) : -1;
        return new TransposedBytes(new TapPixels(tap / spec.KW, tap % spec.KW), channel, thread);
    }

    /// <inheritdoc/>
    public void Copy<TWarp>(TWarp warp, int stage, ArrayView<uint> x, int firstPixel, int end, in Conv2DSpec spec)
        where TWarp : struct, IWarp<TWarp>
    {
        if (thread >= Tile.Words * Chunks) return;
        int line = thread / Chunks, pixel = channel < 0 ? -1 : taps.At(firstPixel + line, end, spec);
        warp.CopyChunk(
            stage + SharedLayout.Columns32(line, thread % Chunks, Tile.Rows), x, ((pixel * spec.Ci) + channel) / sizeof(uint), pixel >= 0);
    }

    /// <inheritdoc/>
    public LeftFragments Load<TWarp>(TWarp warp, int stage, int firstRow, int step, int lane)
        where TWarp : struct, IWarp<TWarp>
    {
        int row = firstRow + (lane >> 2), pixel = (8 * step) + (lane & 3);
        return new LeftFragments(
            Tile16(warp, stage, row, pixel), Tile16(warp, stage, row + 16, pixel), Tile16(warp, stage, row + 32, pixel),
            Tile16(warp, stage, row + 48, pixel));
    }

    private static U4 Tile16<TWarp>(TWarp warp, int stage, int row, int pixel)
        where TWarp : struct, IWarp<TWarp> => new(
        Spike(warp, stage, row, pixel), Spike(warp, stage, row + 8, pixel), Spike(warp, stage, row, pixel + 4),
        Spike(warp, stage, row + 8, pixel + 4));

    private static uint Spike<TWarp>(TWarp warp, int stage, int row, int pixel)
        where TWarp : struct, IWarp<TWarp> => Tf32.OfByte(
        warp.LoadWord(stage + SharedLayout.Columns32(pixel, row >> 4, Tile.Rows) + (row & 12)), row & 3);
}
