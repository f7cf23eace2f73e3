using ILGPU;

namespace Idsnn.Kernels.Profiling;

/// <summary>Extents of <see cref="TensorPeak{TWarp, TOperand}"/>.</summary>
public static class TensorPeak
{
    /// <summary>Warps of a group.</summary>
    public const int Warps = 4;

    /// <summary>Sums of a group.</summary>
    public const int GroupFloats = Warps * Tile.WarpRows * Tile.WarpColumns;

    /// <summary>Multiplications and additions of one round that end in one sum.</summary>
    public static int FlopsPerSum<TOperand>()
        where TOperand : struct, IOperand => 2 * (Tile.Words / 2) * TOperand.PerWord;
}

/// <summary>
/// The peak of the device's tensor cores: rounds of sixteen independent mma.sync a warp, operands and sums in registers. Row r and column
/// c of a warp's sums are rounds · depth · (1 + r / 16) · 2^−(c / 8). One group: four warps.
/// </summary>
/// <typeparam name="TWarp">The hardware or its emulation.</typeparam>
/// <typeparam name="TOperand">What is multiplied.</typeparam>
/// <param name="y">[groups, 4, 64, 32]; keeps the compiler from dropping the work.</param>
/// <param name="rounds">Rounds.</param>
public readonly struct TensorPeak<TWarp, TOperand>(ArrayView<float> y, int rounds) : IGroupKernel
    where TWarp : struct, IWarp<TWarp>
    where TOperand : struct, IOperand
{
    /// <inheritdoc/>
    public static int GroupSize => 32 * TensorPeak.Warps;

    /// <inheritdoc/>
    public void Execute()
    {
        var warp = TWarp.Create();

        // Tiles that differ, so that none can stand for another.
        var left = new LeftFragments(Left(1f), Left(2f), Left(3f), Left(4f));
        var right = new RightFragments(Right(1f, 0.5f), Right(0.25f, 0.125f));
        WarpTile c = default;
        for (int round = 0; round < rounds; round++) warp.MultiplyAdd<TOperand>(ref c, left, right);
        int first = ((Grid.IdxX * TensorPeak.Warps) + (Group.IdxX >> 5)) * Tile.WarpRows;
        c.Store(new Target(y, first), Group.IdxX & 31);
    }

    private static U4 Left(float number)
    {
        uint word = TOperand.Pack(number, number);
        return new U4(word, word, word, word);
    }

    private static U4 Right(float first, float second)
    {
        uint one = TOperand.Pack(first, first), other = TOperand.Pack(second, second);
        return new U4(one, one, other, other);
    }

    private readonly struct Target(ArrayView<float> y, int firstRow) : ITileTarget
    {
        public int Row(int row) => (firstRow + row) * Tile.WarpColumns;

        public void Store(int row, int column, float left, float right)
        {
            y[row + column] = left;
            y[row + column + 1] = right;
        }
    }
}
