using ILGPU;

namespace Idsnn.Kernels.Ops;

/// <summary>
/// Column sums of each chunk of rows: y[chunk, c] = Σ x[r, c] over the chunk's rows, in order. One work-item: one chunk × one lane
/// group. Run twice (chunks, then the chunks' sums) it is a deterministic reduction over any number of rows.
/// </summary>
/// <param name="x">[rows, width].</param>
/// <param name="y">[chunks, width].</param>
/// <param name="rows">Rows of x.</param>
/// <param name="width">Columns.</param>
/// <param name="chunkRows">Rows per chunk.</param>
public readonly struct SumRows(ArrayView<float> x, ArrayView<float> y, int rows, int width, int chunkRows) : ILaneKernel
{
    /// <summary>Rows that are added up before their sum joins the chunk's: the error grows with the square root of both lengths.</summary>
    public const int Run = 32;

    /// <inheritdoc/>
    public void Execute<V>(int item)
        where V : unmanaged, ILanes<V>
    {
        int groups = width / V.Count;
        int group = item % groups, chunk = item / groups;
        int end = Math.Min((chunk + 1) * chunkRows, rows);
        var source = x.As<V>();
        V sum = V.Broadcast(0f);
        for (int row = chunk * chunkRows; row < end;)
        {
            int stop = Math.Min(row + Run, end);
            V part = V.Broadcast(0f);
            for (; row < stop; row++) part = V.Add(part, source[(row * groups) + group]);
            sum = V.Add(sum, part);
        }

        y.As<V>()[item] = sum;
    }
}
