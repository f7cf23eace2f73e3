using ILGPU;

namespace Idsnn.Kernels.TensorCores;

/// <summary>
/// What a tensor-core kernel asks of the hardware. Kernels are written once over <typeparamref name="TSelf"/>: <see cref="PtxWarp"/> on
/// NVIDIA GPUs, <see cref="EmulatedWarp"/> on the CPU accelerator, where the tests run them. Shared memory is addressed in bytes.
/// </summary>
/// <typeparam name="TSelf">The implementation itself.</typeparam>
public interface IWarp<TSelf>
    where TSelf : struct, IWarp<TSelf>
{
    /// <summary>Allocates the group's shared memory; once per kernel.</summary>
    static abstract TSelf Create();

    /// <summary>Begins to copy one word to shared memory; zero where it is not inside.</summary>
    void CopyWord(int to, ArrayView<uint> from, int index, bool inside);

    /// <summary>Begins to copy four words, the index a multiple of four; zeros where they are not inside.</summary>
    void CopyChunk(int to, ArrayView<uint> from, int index, bool inside);

    /// <summary>Closes the copies begun since the last call into one stage.</summary>
    void Commit();

    /// <summary>Waits for this thread's copies, all but those of the newest stage.</summary>
    void Wait();

    /// <summary>A word of shared memory.</summary>
    uint LoadWord(int at);

    /// <summary>
    /// Four matrices of eight rows × four words (ldmatrix.x4): row r of matrix i starts at rows.Of(8i + r); this lane gets, of each, word
    /// lane mod 4 of row lane / 4.
    /// </summary>
    U4 LoadMatrices<TRows>(TRows rows)
        where TRows : struct, IRowAddresses;

    /// <summary>Of the same as 8×8 matrices of bf16, transposed: the elements 2(lane mod 4), +1 of column lane / 4.</summary>
    U4 LoadTransposed<TRows>(TRows rows)
        where TRows : struct, IRowAddresses;

    /// <summary>A float32 as the nearest tf32, ties away from zero (cvt.rna.tf32.f32).</summary>
    uint RoundToTf32(uint number);

    /// <summary>c += a·b: 64 rows by 32 columns, sixteen mma.sync with float32 sums.</summary>
    void MultiplyAdd<TOperand>(ref WarpTile c, in LeftFragments a, in RightFragments b)
        where TOperand : struct, IOperand;
}

/// <summary>Where the rows of four 8×8 matrices start in shared memory, in bytes, multiples of 16.</summary>
public interface IRowAddresses
{
    /// <summary>Row <paramref name="index"/> mod 8 of matrix <paramref name="index"/> / 8.</summary>
    int Of(int index);
}

/// <summary>The extents of what a warp and a group compute.</summary>
public static class Tile
{
    /// <summary>Rows and columns of one warp's sums.</summary>
    public const int WarpRows = 64, WarpColumns = 32;

    /// <summary>Rows of one group's sums: two warps.</summary>
    public const int Rows = 2 * WarpRows;

    /// <summary>Words of a row in one stage, two steps of mma.sync: 32 bf16 or 16 tf32.</summary>
    public const int Words = 16;

    /// <summary>Channels come in multiples of it, whatever the operands.</summary>
    public const int Channels = 32;

    /// <summary>Stages of shared memory: one is computed with while the others are being filled.</summary>
    public const int Stages = 3;

    /// <summary>Bytes of shared memory of a group: what every GPU grants without asking.</summary>
    public const int SharedBytes = 48 * 1024;
}

/// <summary>How wide a group's tile is.</summary>
public interface ITileWidth
{
    /// <summary>Warps side by side.</summary>
    static abstract int Warps { get; }
}

/// <summary>128×64: for 64 output channels, and what is left over.</summary>
public readonly struct Narrow : ITileWidth
{
    /// <inheritdoc/>
    public static int Warps => 2;
}

/// <summary>128×128: half the traffic of the left operand.</summary>
public readonly struct Wide : ITileWidth
{
    /// <inheritdoc/>
    public static int Warps => 4;
}

/// <summary>Extents that follow from the width.</summary>
/// <typeparam name="TWidth">The width.</typeparam>
public static class Tile<TWidth>
    where TWidth : struct, ITileWidth
{
    /// <summary>Threads of a group.</summary>
    public static int Threads => 64 * TWidth.Warps;

    /// <summary>Columns of a group's sums.</summary>
    public static int Columns => Tile.WarpColumns * TWidth.Warps;
}
