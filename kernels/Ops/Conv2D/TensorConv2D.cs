using ILGPU;

namespace Idsnn.Kernels.Ops;

/// <summary>
/// A convolution, or the input gradient of one, on tensor cores: the implicit product of <see cref="GatherSpec"/>, bf16 in and out or
/// float32 rounded to tf32, float32 sums. One group: 128 results × 64 or 128 channels; one warp: 64×32. The inner dimension runs over
/// taps, then 32 or 16 channels at a time, through three stages of shared memory that are filled asynchronously. Reference:
/// Conv2DReference.
/// </summary>
/// <typeparam name="TWarp">The hardware or its emulation.</typeparam>
/// <typeparam name="TOperand">What is multiplied.</typeparam>
/// <typeparam name="TGathered">Numbers or spikes.</typeparam>
/// <typeparam name="TWidth">The tile's width.</typeparam>
/// <param name="x">[N, H, W, Depth]: bf16 pairs or float32, or words of 32 or 4 spikes.</param>
/// <param name="weights">As <see cref="TensorPack{TOperand}"/> leaves them: [taps, Outputs, Depth].</param>
/// <param name="y">[N, OutputH, OutputW, Outputs], bf16 pairs or float32.</param>
/// <param name="spec">The geometry.</param>
public readonly struct TensorConv2D<TWarp, TOperand, TGathered, TWidth>(
    ArrayView<uint> x, ArrayView<uint> weights, ArrayView<uint> y, GatherSpec spec) : IGroupKernel, IMeasured
    where TWarp : struct, IWarp<TWarp>
    where TOperand : struct, IOperand
    where TGathered : struct, IGathered<TGathered, TOperand>
    where TWidth : struct, ITileWidth
{
    /// <inheritdoc/>
    public static int GroupSize => Tile<TWidth>.Threads;

    /// <inheritdoc/>
    public double Flops => spec.Flops;

    /// <inheritdoc/>
    public Arithmetic Arithmetic => TOperand.Arithmetic;

    private static int StageBytes => TGathered.Bytes + (Tile<TWidth>.Columns * Tile.Words * sizeof(uint));

    /// <summary>Groups of a launch.</summary>
    public static int Groups(in GatherSpec spec) =>
        (spec.Pixels + Tile.Rows - 1) / Tile.Rows * ((spec.Outputs + Tile<TWidth>.Columns - 1) / Tile<TWidth>.Columns);

    /// <inheritdoc/>
    public void Execute()
    {
        var warp = TWarp.Create();
        int thread = Group.IdxX, lane = thread & 31, columns = (spec.Outputs + Tile<TWidth>.Columns - 1) / Tile<TWidth>.Columns;
        int block = Grid.IdxX / columns, firstOutput = (Grid.IdxX - (block * columns)) * Tile<TWidth>.Columns;
        int warpRow = (thread >> 5) / TWidth.Warps * Tile.WarpRows, warpColumn = (thread >> 5) % TWidth.Warps * Tile.WarpColumns;
        var gathered = TGathered.Create(block, thread, GroupSize, spec);
        int chunks = spec.Depth / (Tile.Words * TOperand.PerWord), stages = spec.TapRows * spec.TapColumns * chunks;
        int i = 0, j = 0, chunk = 0, filled = 0;
        for (; filled < Tile.Stages - 1; filled++)
        {
            if (filled < stages) Fill(warp, gathered, filled * StageBytes, thread, firstOutput, i, j, chunk);
            warp.Commit();
            Advance(ref i, ref j, ref chunk, chunks);
        }

        WarpTile c = default;
        int current = 0, next = (Tile.Stages - 1) * StageBytes;
        for (int stage = 0; stage < stages; stage++)
        {
            // What this stage needs has come, and everyone is done with the stage that is filled next.
            warp.Wait();
            Group.Barrier();
            if (filled < stages) Fill(warp, gathered, next, thread, firstOutput, i, j, chunk);
            warp.Commit();
            Advance(ref i, ref j, ref chunk, chunks);
            filled++;
            MultiplyAdd(warp, gathered, ref c, current, warpRow, warpColumn, 0, lane);
            MultiplyAdd(warp, gathered, ref c, current, warpRow, warpColumn, 1, lane);
            current = Following(current);
            next = Following(next);
        }

        c.Store(new Target(y, spec, (block * Tile.Rows) + warpRow, firstOutput + warpColumn), lane);
    }

    private static int Following(int stage) => stage == (Tile.Stages - 1) * StageBytes ? 0 : stage + StageBytes;

    private void Advance(ref int i, ref int j, ref int chunk, int chunks)
    {
        chunk++;
        if (chunk < chunks) return;
        chunk = 0;
        j++;
        if (j < spec.TapColumns) return;
        j = 0;
        i++;
    }

    private void Fill(TWarp warp, TGathered gathered, int stage, int thread, int firstOutput, int i, int j, int chunk)
    {
        gathered.Copy(warp, stage, x, i, j, chunk, spec);
        int tap = spec.FirstTap + (i * spec.TapRowStep) + (j * spec.TapColumnStep), row = thread >> 2;
        Fill(warp, stage, firstOutput, row, tap, chunk, thread & 3);
        Fill(warp, stage, firstOutput, row + (GroupSize / 4), tap, chunk, thread & 3);
    }

    private void Fill(TWarp warp, int stage, int firstOutput, int row, int tap, int chunk, int part)
    {
        int output = firstOutput + row;
        int from = (((tap * spec.Outputs) + output) * (spec.Depth / TOperand.PerWord)) + (chunk * Tile.Words) + (part * 4);
        warp.CopyChunk(stage + TGathered.Bytes + SharedLayout.Rows64(row, part), weights, from, output < spec.Outputs);
    }

    private static void MultiplyAdd(
        TWarp warp, TGathered gathered, ref WarpTile c, int stage, int warpRow, int warpColumn, int step, int lane)
    {
        var left = gathered.Load(warp, stage, warpRow, step, lane);
        int start = stage + TGathered.Bytes;
        var right = new RightFragments(
            warp.LoadMatrices(new RightColumns(start, warpColumn, step)),
            warp.LoadMatrices(new RightColumns(start, warpColumn + 16, step)));
        warp.MultiplyAdd<TOperand>(ref c, left, right);
    }

    private readonly struct Target(ArrayView<uint> y, GatherSpec spec, int firstPixel, int firstOutput) : ITileTarget
    {
        public int Row(int row)
        {
            int pixel = firstPixel + row, line = pixel / spec.Columns, n = line / spec.Rows;
            int h = ((line - (n * spec.Rows)) * spec.Step) + spec.FirstRow,
                w = ((pixel - (line * spec.Columns)) * spec.Step) + spec.FirstColumn;
            return pixel < spec.Pixels && firstOutput < spec.Outputs
                ? (((((n * spec.OutputH) + h) * spec.OutputW) + w) * spec.Outputs) + firstOutput
                : -1;
        }

        public void Store(int row, int column, float left, float right)
        {
            if (row >= 0) TOperand.Store(y, row + column, left * TGathered.Scale, right * TGathered.Scale);
        }
    }
}
