namespace Idsnn.Kernels.TensorCores;

/// <summary>
/// A lane's share of 64 rows × 8 words: of each 16 rows m (PTX's A, g = lane / 4, t = lane mod 4) the words (row g, word t), (row g+8,
/// word t), (row g, word t+4), (row g+8, word t+4). Word w is a tf32 number, column w, or the bf16 columns 2w and 2w+1, the lower in the
/// lower half.
/// </summary>
/// <param name="m0">Rows 0 … 15.</param>
/// <param name="m1">Rows 16 … 31.</param>
/// <param name="m2">Rows 32 … 47.</param>
/// <param name="m3">Rows 48 … 63.</param>
public readonly struct LeftFragments(U4 m0, U4 m1, U4 m2, U4 m3)
{
    /// <summary>The tiles.</summary>
    public readonly U4 M0 = m0, M1 = m1, M2 = m2, M3 = m3;
}

/// <summary>
/// A lane's share of 8 words × 32 columns: of each 8 columns n (PTX's B) the words (word t, column g) and (word t+4, column g), the words
/// going down the rows; two n in each member.
/// </summary>
/// <param name="n01">Columns 0 … 15.</param>
/// <param name="n23">Columns 16 … 31.</param>
public readonly struct RightFragments(U4 n01, U4 n23)
{
    /// <summary>The tiles.</summary>
    public readonly U4 N01 = n01, N23 = n23;
}

/// <summary>
/// A lane's share of a warp's 64×32 sums: tile (m, n) is 16×8, of which it holds (row g, columns 2t, 2t+1) and (row g+8, the same).
/// </summary>
public struct WarpTile
{
    /// <summary>The tiles, by row and column.</summary>
    public F4 C00, C01, C02, C03, C10, C11, C12, C13, C20, C21, C22, C23, C30, C31, C32, C33;

    /// <summary>Hands every pair of neighbouring sums to a target.</summary>
    public readonly void Store<TTarget>(TTarget target, int lane)
        where TTarget : struct, ITileTarget
    {
        StoreRows(target, lane, 0, C00, C01, C02, C03);
        StoreRows(target, lane, 16, C10, C11, C12, C13);
        StoreRows(target, lane, 32, C20, C21, C22, C23);
        StoreRows(target, lane, 48, C30, C31, C32, C33);
    }

    private static void StoreRows<TTarget>(TTarget target, int lane, int m, F4 n0, F4 n1, F4 n2, F4 n3)
        where TTarget : struct, ITileTarget
    {
        int row = m + (lane >> 2), column = 2 * (lane & 3);
        int upper = target.Row(row), lower = target.Row(row + 8);
        target.Store(upper, column, n0.X, n0.Y);
        target.Store(upper, column + 8, n1.X, n1.Y);
        target.Store(upper, column + 16, n2.X, n2.Y);
        target.Store(upper, column + 24, n3.X, n3.Y);
        target.Store(lower, column, n0.Z, n0.W);
        target.Store(lower, column + 8, n1.Z, n1.W);
        target.Store(lower, column + 16, n2.Z, n2.W);
        target.Store(lower, column + 24, n3.Z, n3.W);
    }
}

/// <summary>Where a warp's sums go.</summary>
public interface ITileTarget
{
    /// <summary>What <see cref="Store"/> needs to know of a row of the warp's tile; negative for rows that are not there.</summary>
    int Row(int row);

    /// <summary>Stores columns <paramref name="column"/> and +1 of a row.</summary>
    void Store(int row, int column, float left, float right);
}
