using ILGPU;

namespace Idsnn.Kernels.Ops;

/// <summary>
/// The left operand of a convolution's product: how a thread brings its part of a stage in, and what a warp reads from it.
/// </summary>
/// <typeparam name="TSelf">The implementation itself.</typeparam>
/// <typeparam name="TOperand">What it gives.</typeparam>
public interface IGathered<TSelf, TOperand>
    where TSelf : struct, IGathered<TSelf, TOperand>
    where TOperand : struct, IOperand
{
    /// <summary>Bytes of a stage.</summary>
    static abstract int Bytes { get; }

    /// <summary>What the products must be multiplied by.</summary>
    static abstract float Scale { get; }

    /// <summary>The rows of one thread of a group of that many threads.</summary>
    static abstract TSelf Create(int block, int thread, int threads, in GatherSpec spec);

    /// <summary>Begins the thread's copies of one stage's channels, 32 or 16, under tap (i, j).</summary>
    void Copy<TWarp>(TWarp warp, int stage, ArrayView<uint> x, int i, int j, int chunk, in GatherSpec spec)
        where TWarp : struct, IWarp<TWarp>;

    /// <summary>64 rows × one step.</summary>
    LeftFragments Load<TWarp>(TWarp warp, int stage, int firstRow, int step, int lane)
        where TWarp : struct, IWarp<TWarp>;
}

/// <summary>Images of numbers: four or two chunks of 16 bytes per thread.</summary>
/// <typeparam name="TOperand">The numbers.</typeparam>
public readonly struct GatheredNumbers<TOperand> : IGathered<GatheredNumbers<TOperand>, TOperand>
    where TOperand : struct, IOperand
{
    private readonly GatherRow row0, row1, row2, row3;
    private readonly int first, rows, part;

    private GatheredNumbers(GatherRow row0, GatherRow row1, GatherRow row2, GatherRow row3, int first, int rows, int part)
    {
        this.row0 = row0;
        this.row1 = row1;
        this.row2 = row2;
        this.row3 = row3;
        this.first = first;
        this.rows = rows;
        this.part = part;
    }

    /// <inheritdoc/>
    public static int Bytes => Tile.Rows * Tile.Words * sizeof(uint);

    /// <inheritdoc/>
    public static float Scale => 1f;

    /// <inheritdoc/>
    public static GatheredNumbers<TOperand> Create(int block, int thread, int threads, in GatherSpec spec)
    {
        int first = thread >> 2, rows = threads >> 2, pixel = (block * Tile.Rows) + first;
        return new GatheredNumbers<TOperand>(
            new GatherRow(pixel, spec), new GatherRow(pixel + rows, spec), new GatherRow(pixel + (2 * rows), spec),
            new GatherRow(pixel + (3 * rows), spec), first, rows, thread & 3);
    }

    /// <inheritdoc/>
    public void Copy<TWarp>(TWarp warp, int stage, ArrayView<uint> x, int i, int j, int chunk, in GatherSpec spec)
        where TWarp : struct, IWarp<TWarp>
    {
        CopyRow(warp, stage, x, row0.At(i, j, spec), first, chunk, spec);
        CopyRow(warp, stage, x, row1.At(i, j, spec), first + rows, chunk, spec);
        if (2 * rows >= Tile.Rows) return;
        CopyRow(warp, stage, x, row2.At(i, j, spec), first + (2 * rows), chunk, spec);
        CopyRow(warp, stage, x, row3.At(i, j, spec), first + (3 * rows), chunk, spec);
    }

    /// <inheritdoc/>
    public LeftFragments Load<TWarp>(TWarp warp, int stage, int firstRow, int step, int lane)
        where TWarp : struct, IWarp<TWarp> => new(
        Tile16(warp, stage, firstRow, step), Tile16(warp, stage, firstRow + 16, step), Tile16(warp, stage, firstRow + 32, step),
        Tile16(warp, stage, firstRow + 48, step));

    private static U4 Tile16<TWarp>(TWarp warp, int stage, int firstRow, int step)
        where TWarp : struct, IWarp<TWarp> => TOperand.Rounded(warp, warp.LoadMatrices(new LeftRows(stage, firstRow, step)));

    private void CopyRow<TWarp>(TWarp warp, int stage, ArrayView<uint> x, int pixel, int row, int chunk, in GatherSpec spec)
        where TWarp : struct, IWarp<TWarp> => warp.CopyChunk(
        stage + SharedLayout.Rows64(row, part), x, (pixel * (spec.Depth / TOperand.PerWord)) + (chunk * Tile.Words) + (part * 4),
        pixel >= 0);
}

/// <summary>
/// Spikes as bits: one word per row holds all 32 channels of a stage, channel c in bit c, and becomes bf16 only in registers. A set bit
/// is put where bf16 has the topmost bit of its exponent, which alone is the number 2; the products are halved at the end. So that two
/// channels need one shift and one mask, slots 2j and 2j+1 of the product's inner dimension are channels j and j + 16: the weights are
/// packed in that order (<see cref="SpikeSlots"/>).
/// </summary>
public readonly struct GatheredSpikes : IGathered<GatheredSpikes, BFloat16>
{
    private readonly GatherRow row;
    private readonly int thread;

    private GatheredSpikes(GatherRow row, int thread)
    {
        this.row = row;
        this.thread = thread;
    }

    /// <inheritdoc/>
    public static int Bytes => Tile.Rows * sizeof(uint);

    /// <inheritdoc/>
    public static float Scale => 0.5f;

    /// <inheritdoc/>
    public static GatheredSpikes Create(int block, int thread, int threads, in GatherSpec spec) =>
        new(new GatherRow((block * Tile.Rows) + (thread & (Tile.Rows - 1)), spec), thread);

    /// <inheritdoc/>
    public void Copy<TWarp>(TWarp warp, int stage, ArrayView<uint> x, int i, int j, int chunk, in GatherSpec spec)
        where TWarp : struct, IWarp<TWarp>
    {
        if (thread >= Tile.Rows) return;
        int pixel = row.At(i, j, spec);
        warp.CopyWord(stage + (thread * sizeof(uint)), x, (pixel * (spec.Depth / 32)) + chunk, pixel >= 0);
    }

    /// <inheritdoc/>
    public LeftFragments Load<TWarp>(TWarp warp, int stage, int firstRow, int step, int lane)
        where TWarp : struct, IWarp<TWarp>
    {
        int at = stage + ((firstRow + (lane >> 2)) * sizeof(uint));
        return new LeftFragments(
            Tile16(warp, at, step, lane), Tile16(warp, at + 64, step, lane), Tile16(warp, at + 128, step, lane),
            Tile16(warp, at + 192, step, lane));
    }

    private static U4 Tile16<TWarp>(TWarp warp, int at, int step, int lane)
        where TWarp : struct, IWarp<TWarp>
    {
        uint upper = warp.LoadWord(at) >> (lane & 3), lower = warp.LoadWord(at + 32) >> (lane & 3);
        int shift = 14 - (8 * step);
        return new U4(
            SpikeSlots.Pair(upper, shift), SpikeSlots.Pair(lower, shift), SpikeSlots.Pair(upper, shift - 4),
            SpikeSlots.Pair(lower, shift - 4));
    }
}

/// <summary>Spikes, or sums of them, a byte each: 16 bytes per row hold all channels of a stage, and become tf32 in registers.</summary>
public readonly struct GatheredBytes : IGathered<GatheredBytes, Tf32>
{
    private const int RowBytes = Tile.Words;

    private readonly GatherRow row;
    private readonly int thread;

    private GatheredBytes(GatherRow row, int thread)
    {
        this.row = row;
        this.thread = thread;
    }

    /// <inheritdoc/>
    public static int Bytes => Tile.Rows * RowBytes;

    /// <inheritdoc/>
    public static float Scale => 1f;

    /// <inheritdoc/>
    public static GatheredBytes Create(int block, int thread, int threads, in GatherSpec spec) =>
        new(new GatherRow((block * Tile.Rows) + (thread & (Tile.Rows - 1)), spec), thread);

    /// <inheritdoc/>
    public void Copy<TWarp>(TWarp warp, int stage, ArrayView<uint> x, int i, int j, int chunk, in GatherSpec spec)
        where TWarp : struct, IWarp<TWarp>
    {
        if (thread >= Tile.Rows) return;
        int pixel = row.At(i, j, spec);
        warp.CopyChunk(stage + (thread * RowBytes), x, ((pixel * spec.Depth) + (chunk * Tile.Words)) / sizeof(uint), pixel >= 0);
    }

    /// <inheritdoc/>
    public LeftFragments Load<TWarp>(TWarp warp, int stage, int firstRow, int step, int lane)
        where TWarp : struct, IWarp<TWarp>
    {
        int at = stage + ((firstRow + (lane >> 2)) * RowBytes) + (8 * step), t = lane & 3;
        return new LeftFragments(
            Tile16(warp, at, t), Tile16(warp, at + (16 * RowBytes), t), Tile16(warp, at + (32 * RowBytes), t),
            Tile16(warp, at + (48 * RowBytes), t));
    }

    private static U4 Tile16<TWarp>(TWarp warp, int at, int t)
        where TWarp : struct, IWarp<TWarp>
    {
        const int eight = 8 * RowBytes;
        return new U4(
            Tf32.OfByte(warp.LoadWord(at), t), Tf32.OfByte(warp.LoadWord(at + eight), t), Tf32.OfByte(warp.LoadWord(at + 4), t),
            Tf32.OfByte(warp.LoadWord(at + eight + 4), t));
    }
}

/// <summary>The order of channels within 32 in a product with spikes as bits.</summary>
public static class SpikeSlots
{
    private const uint Twos = 0x40004000u;

    /// <summary>The channel (of 32) in slot <paramref name="slot"/>.</summary>
    public static int Channel(int slot) => (slot >> 1) + (16 * (slot & 1));

    /// <summary>Bits 14 − shift and 30 − shift as two bf16 numbers, each 0 or 2.</summary>
    internal static uint Pair(uint word, int shift) => (word << shift) & Twos;
}
