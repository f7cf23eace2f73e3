using ILGPU;

namespace Idsnn.Kernels.Ops;

/// <summary>
/// Partial dW of a convolution on tensor cores: rows are (tap, input channel), columns output channels, and the inner dimension, all
/// output pixels, is split into slices. One group: 128 rows × 64 or 128 columns of one slice. <see cref="SumRows"/> adds the slices
/// in order. Reference: Conv2DReference.WeightGradient.
/// </summary>
/// <typeparam name="TWarp">The hardware or its emulation.</typeparam>
/// <typeparam name="TOperand">What is multiplied.</typeparam>
/// <typeparam name="TLeft">Numbers or spikes.</typeparam>
/// <typeparam name="TWidth">The tile's width.</typeparam>
/// <param name="x">[N, H, W, Ci]: bf16 pairs or float32, or words of 32 or 4 spikes.</param>
/// <param name="dy">[N, OH, OW, Co], bf16 pairs or float32.</param>
/// <param name="partial">[slices, taps, Ci, Co].</param>
/// <param name="spec">The geometry.</param>
/// <param name="slicePixels">Pixels of a slice.</param>
public readonly struct TensorWeightGradient<TWarp, TOperand, TLeft, TWidth>(
    ArrayView<uint> x, ArrayView<uint> dy, ArrayView<float> partial, Conv2DSpec spec, int slicePixels) : IGroupKernel, IMeasured
    where TWarp : struct, IWarp<TWarp>
    where TOperand : struct, IOperand
    where TLeft : struct, ITransposed<TLeft, TOperand>
    where TWidth : struct, ITileWidth
{
    /// <inheritdoc/>
    public static int GroupSize => Tile<TWidth>.Threads;

    /// <inheritdoc/>
    public double Flops => spec.Flops;

    /// <inheritdoc/>
    public Arithmetic Arithmetic => TOperand.Arithmetic;

    private static int StagePixels => Tile.Words * TOperand.PerWord;

    private static int RowBytes => Tile<TWidth>.Columns * sizeof(uint) / TOperand.PerWord;

    private static int StageBytes => TLeft.Bytes + (StagePixels * RowBytes);

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
        int stages = (end - pixel + StagePixels - 1) / StagePixels, filled = 0;
        for (; filled < Tile.Stages - 1; filled++)
        {
            if (filled < stages) Fill(warp, left, filled * StageBytes, thread, firstColumn, pixel, end);
            warp.Commit();
            pixel += StagePixels;
        }

        WarpTile c = default;
        int current = 0, next = (Tile.Stages - 1) * StageBytes;
        for (int stage = 0; stage < stages; stage++)
        {
            warp.Wait();
            Group.Barrier();
            if (filled < stages) Fill(warp, left, next, thread, firstColumn, pixel, end);
            warp.Commit();
            pixel += StagePixels;
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
        int chunks = RowBytes / 16, part = thread % chunks, line = thread / chunks, column = firstColumn + (part * 4 * TOperand.PerWord);
        Fill(warp, stage, line, part, firstPixel + line, end, column);
        line += GroupSize / chunks;
        Fill(warp, stage, line, part, firstPixel + line, end, column);
    }

    private void Fill(TWarp warp, int stage, int line, int part, int pixel, int end, int column) => warp.CopyChunk(
        stage + TLeft.Bytes + TOperand.Place(line, part, RowBytes), dy, ((pixel * spec.Co) + column) / TOperand.PerWord,
        pixel < end && column < spec.Co);

    private static void MultiplyAdd(TWarp warp, TLeft left, ref WarpTile c, int stage, int warpRow, int warpColumn, int step, int lane)
    {
        var rows = left.Load(warp, stage, warpRow, step, lane);
        int start = stage + TLeft.Bytes;
        var columns = new RightFragments(
            TOperand.LoadRight(warp, start, RowBytes, warpColumn, step, lane),
            TOperand.LoadRight(warp, start, RowBytes, warpColumn + 16, step, lane));
        warp.MultiplyAdd<TOperand>(ref c, rows, columns);
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
