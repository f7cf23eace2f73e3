using ILGPU;

namespace Idsnn.Kernels.TensorCores;

/// <summary>
/// The same operations in plain code, for the CPU accelerator with warps of 32: copies are done at once, and products exchange the
/// lanes' fragments through a board in shared memory. What the hardware does differently (rounding order, timing) is not emulated.
/// </summary>
public readonly struct EmulatedWarp : IWarp<EmulatedWarp>
{
    private const int MaxThreads = 256, BoardWords = 24;

    private readonly ArrayView<uint> shared, board;

    private EmulatedWarp(ArrayView<uint> shared, ArrayView<uint> board)
    {
        this.shared = shared;
        this.board = board;
    }

    private static int Lane => Group.IdxX & 31;

    /// <inheritdoc/>
    public static EmulatedWarp Create() =>
        new(SharedMemory.Allocate<uint>(Tile.SharedBytes / sizeof(uint)), SharedMemory.Allocate<uint>(MaxThreads * BoardWords));

    /// <inheritdoc/>
    public void CopyWord(int to, ArrayView<uint> from, int index, bool inside) => shared[to / 4] = inside ? from[index] : 0;

    /// <inheritdoc/>
    public void CopyChunk(int to, ArrayView<uint> from, int index, bool inside)
    {
        for (int i = 0; i < 4; i++) shared[(to / 4) + i] = inside ? from[index + i] : 0;
    }

    /// <inheritdoc/>
    public void Commit()
    {
    }

    /// <inheritdoc/>
    public void Wait()
    {
    }

    /// <inheritdoc/>
    public uint LoadWord(int at) => shared[at / 4];

    /// <inheritdoc/>
    public U4 LoadMatrices<TRows>(TRows rows)
        where TRows : struct, IRowAddresses =>
        new(RowPair(rows, 0), RowPair(rows, 1), RowPair(rows, 2), RowPair(rows, 3));

    /// <inheritdoc/>
    public U4 LoadTransposed<TRows>(TRows rows)
        where TRows : struct, IRowAddresses =>
        new(ColumnPair(rows, 0), ColumnPair(rows, 1), ColumnPair(rows, 2), ColumnPair(rows, 3));

    /// <inheritdoc/>
    public uint RoundToTf32(uint number) => Tf32.Round(Interop.IntAsFloat(number));

    /// <inheritdoc/>
    public void MultiplyAdd<TOperand>(ref WarpTile c, in LeftFragments a, in RightFragments b)
        where TOperand : struct, IOperand
    {
        int own = Group.IdxX * BoardWords;
        Put(own, a.M0);
        Put(own + 4, a.M1);
        Put(own + 8, a.M2);
        Put(own + 12, a.M3);
        Put(own + 16, b.N01);
        Put(own + 20, b.N23);
        Warp.Barrier();
        c.C00 = Product<TOperand>(c.C00, 0, 0);
        c.C01 = Product<TOperand>(c.C01, 0, 1);
        c.C02 = Product<TOperand>(c.C02, 0, 2);
        c.C03 = Product<TOperand>(c.C03, 0, 3);
        c.C10 = Product<TOperand>(c.C10, 1, 0);
        c.C11 = Product<TOperand>(c.C11, 1, 1);
        c.C12 = Product<TOperand>(c.C12, 1, 2);
        c.C13 = Product<TOperand>(c.C13, 1, 3);
        c.C20 = Product<TOperand>(c.C20, 2, 0);
        c.C21 = Product<TOperand>(c.C21, 2, 1);
        c.C22 = Product<TOperand>(c.C22, 2, 2);
        c.C23 = Product<TOperand>(c.C23, 2, 3);
        c.C30 = Product<TOperand>(c.C30, 3, 0);
        c.C31 = Product<TOperand>(c.C31, 3, 1);
        c.C32 = Product<TOperand>(c.C32, 3, 2);
        c.C33 = Product<TOperand>(c.C33, 3, 3);
        Warp.Barrier();
    }

    private uint RowPair<TRows>(TRows rows, int matrix)
        where TRows : struct, IRowAddresses => shared[(rows.Of((8 * matrix) + (Lane >> 2)) / 4) + (Lane & 3)];

    private uint ColumnPair<TRows>(TRows rows, int matrix)
        where TRows : struct, IRowAddresses
    {
        int row = (8 * matrix) + (2 * (Lane & 3)), column = Lane >> 2;
        return Element(rows.Of(row), column) | (Element(rows.Of(row + 1), column) << 16);
    }

    private uint Element(int row, int column) => (shared[(row / 4) + (column >> 1)] >> (16 * (column & 1))) & 0xffff;

    private void Put(int at, U4 value)
    {
        board[at] = value.X;
        board[at + 1] = value.Y;
        board[at + 2] = value.Z;
        board[at + 3] = value.W;
    }

    private F4 Product<TOperand>(F4 c, int m, int n)
        where TOperand : struct, IOperand
    {
        int row = Lane >> 2, column = 2 * (Lane & 3);
        return new F4(
            Sum<TOperand>(c.X, m, n, row, column), Sum<TOperand>(c.Y, m, n, row, column + 1),
            Sum<TOperand>(c.Z, m, n, row + 8, column), Sum<TOperand>(c.W, m, n, row + 8, column + 1));
    }

    private float Sum<TOperand>(float sum, int m, int n, int row, int column)
        where TOperand : struct, IOperand
    {
        int warp = (Group.IdxX & ~31) * BoardWords;
        for (int word = 0; word < 8; word++)
        {
            // Word w of a row of A is held by lane 4g + w mod 4; so is word w of a column of B by lane 4·column + w mod 4.
            int t = word & 3, half = word >> 2;
            uint left = board[warp + ((((row & 7) * 4) + t) * BoardWords) + (4 * m) + (2 * half) + (row >> 3)];
            uint right = board[warp + (((column * 4) + t) * BoardWords) + 16 + (2 * n) + half];
            sum = TOperand.AddProducts(sum, left, right);
        }

        return sum;
    }
}
