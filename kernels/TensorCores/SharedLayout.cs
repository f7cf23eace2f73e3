namespace Idsnn.Kernels.TensorCores;

/// <summary>
/// Where 16-byte chunks of a tile lie in shared memory. The chunks of a row are permuted by an exclusive or with the row, so that the
/// eight rows of an 8×8 matrix lie in different banks and ldmatrix reads them at once.
/// </summary>
public static class SharedLayout
{
    /// <summary>Rows of 64 bytes (32 bf16, 16 tf32): two rows share the 128 bytes of all banks.</summary>
    public static int Rows64(int row, int chunk) => (row * 64) + ((chunk ^ ((row >> 1) & 3)) << 4);

    /// <summary>Rows of 128 bytes or a multiple.</summary>
    public static int Rows128(int row, int chunk, int rowBytes) => (row * rowBytes) + ((chunk ^ (row & 7)) << 4);

    /// <summary>
    /// The same for rows whose words are read one by one: eight neighbouring words, two chunks, of each of four rows lie in different
    /// banks.
    /// </summary>
    public static int Columns32(int row, int chunk, int rowBytes) => (row * rowBytes) + ((chunk ^ ((row & 3) << 1)) << 4);
}

/// <summary>A left operand of 16 rows × 8 words stored row by row, 16 words a row: 16×16 bf16 or 16×8 tf32.</summary>
/// <param name="start">The tile's start.</param>
/// <param name="firstRow">Its first row here.</param>
/// <param name="step">Words 0 … 7 or 8 … 15.</param>
public readonly struct LeftRows(int start, int firstRow, int step) : IRowAddresses
{
    /// <inheritdoc/>
    public int Of(int index)
    {
        int matrix = index >> 3;
        return start + SharedLayout.Rows64(firstRow + (index & 7) + ((matrix & 1) << 3), (2 * step) + (matrix >> 1));
    }
}

/// <summary>Two right operands of 8 words × 8 columns stored column by column, 16 words a column: 16×8 bf16 or 8×8 tf32.</summary>
/// <param name="start">The tile's start.</param>
/// <param name="firstColumn">The first column here.</param>
/// <param name="step">Words 0 … 7 or 8 … 15.</param>
public readonly struct RightColumns(int start, int firstColumn, int step) : IRowAddresses
{
    /// <inheritdoc/>
    public int Of(int index)
    {
        int matrix = index >> 3;
        return start + SharedLayout.Rows64(firstColumn + (index & 7) + ((matrix >> 1) << 3), (2 * step) + (matrix & 1));
    }
}

/// <summary>A 16×16 left operand of bf16 stored column by column, to be transposed.</summary>
/// <param name="start">The tile's start.</param>
/// <param name="rowBytes">Bytes of one stored row: of one column of the operand.</param>
/// <param name="firstRow">The operand's first row here, a multiple of 16.</param>
/// <param name="step">Columns 0 … 15 or 16 … 31.</param>
public readonly struct LeftTransposed(int start, int rowBytes, int firstRow, int step) : IRowAddresses
{
    /// <inheritdoc/>
    public int Of(int index)
    {
        int matrix = index >> 3;
        int stored = (16 * step) + (index & 7) + ((matrix >> 1) << 3);
        return start + SharedLayout.Rows128(stored, (firstRow >> 3) + (matrix & 1), rowBytes);
    }
}

/// <summary>Two 16×8 right operands of bf16 stored row by row, to be transposed.</summary>
/// <param name="start">The tile's start.</param>
/// <param name="rowBytes">Bytes of one row.</param>
/// <param name="firstColumn">The first column here, a multiple of 16.</param>
/// <param name="step">Rows 0 … 15 or 16 … 31.</param>
public readonly struct RightTransposed(int start, int rowBytes, int firstColumn, int step) : IRowAddresses
{
    /// <inheritdoc/>
    public int Of(int index)
    {
        int matrix = index >> 3;
        int stored = (16 * step) + (index & 7) + ((matrix & 1) << 3);
        return start + SharedLayout.Rows128(stored, (firstColumn >> 3) + (matrix >> 1), rowBytes);
    }
}
