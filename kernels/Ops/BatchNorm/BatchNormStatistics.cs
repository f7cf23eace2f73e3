using ILGPU;

namespace Idsnn.Kernels.Ops;

/// <summary>
/// Mean and squared deviations per channel of each chunk of rows, in one pass, about the chunk's first row, so that hardly anything
/// cancels. One work-item: one chunk × one lane group of channels. <see cref="BatchNormStatistics"/> merges the chunks.
/// </summary>
/// <param name="x">[rows, C]; rows are T·N·H·W.</param>
/// <param name="means">[chunks, C].</param>
/// <param name="deviations">[chunks, C]: Σ (x − mean)².</param>
/// <param name="rows">Rows of x.</param>
/// <param name="channels">C.</param>
/// <param name="chunkRows">Rows per chunk.</param>
public readonly struct BatchNormMoments(
    ArrayView<float> x, ArrayView<float> means, ArrayView<float> deviations, int rows, int channels, int chunkRows) : ILaneKernel
{
    /// <inheritdoc/>
    public void Execute<V>(int item)
        where V : unmanaged, ILanes<V>
    {
        int groups = channels / V.Count;
        int group = item % groups, chunk = item / groups;
        int begin = chunk * chunkRows, end = Math.Min(begin + chunkRows, rows);
        var source = x.As<V>();
        V first = source[(begin * groups) + group], sum = V.Broadcast(0f), squares = V.Broadcast(0f);
        for (int row = begin; row < end;)
        {
            // Sums of sums: the rounding error grows with the square root of their lengths.
            int stop = Math.Min(row + SumRows.Run, end);
            V part = V.Broadcast(0f), partSquares = V.Broadcast(0f);
            for (; row < stop; row++)
            {
                V d = V.Subtract(source[(row * groups) + group], first);
                part = V.Add(part, d);
                partSquares = V.MultiplyAdd(d, d, partSquares);
            }

            sum = V.Add(sum, part);
            squares = V.Add(squares, partSquares);
        }

        V shift = V.Multiply(sum, V.Broadcast(1f / (end - begin)));
        means.As<V>()[item] = V.Add(first, shift);
        deviations.As<V>()[item] = V.Subtract(squares, V.Multiply(sum, shift));
    }
}

/// <summary>
/// Merges every so many chunks of <see cref="BatchNormMoments"/> into a larger one. One work-item: one larger chunk × one lane group of
/// channels.
/// </summary>
/// <param name="means">[chunks, C].</param>
/// <param name="deviations">[chunks, C].</param>
/// <param name="mergedMeans">[larger chunks, C], out.</param>
/// <param name="mergedDeviations">[larger chunks, C], out.</param>
/// <param name="spec">Sizes, before.</param>
/// <param name="each">Chunks per larger one.</param>
public readonly struct BatchNormMerge(
    ArrayView<float> means, ArrayView<float> deviations, ArrayView<float> mergedMeans, ArrayView<float> mergedDeviations,
    BatchNormSpec spec, int each) : ILaneKernel
{
    /// <inheritdoc/>
    public void Execute<V>(int item)
        where V : unmanaged, ILanes<V>
    {
        int groups = spec.Channels / V.Count, merged = item / groups, begin = merged * each * spec.ChunkRows;
        var sum = ChunkMoments<V>.Merge(
            means.As<V>(), deviations.As<V>(), (merged * each * groups) + (item % groups), begin,
            Math.Min(begin + (each * spec.ChunkRows), spec.Rows), spec);
        mergedMeans.As<V>()[item] = sum.Mean;
        mergedDeviations.As<V>()[item] = sum.Deviations;
    }
}

/// <summary>Mean and squared deviations of some rows.</summary>
internal readonly struct ChunkMoments<V>(V mean, V deviations)
    where V : unmanaged, ILanes<V>
{
    public V Mean { get; } = mean;

    public V Deviations { get; } = deviations;

    /// <summary>
    /// Those of rows begin to end, whose chunks are merged in order (Chan, Golub, LeVeque 1979); the first is at <paramref name="at"/>.
    /// </summary>
    public static ChunkMoments<V> Merge(ArrayView<V> means, ArrayView<V> deviations, int at, int begin, int end, in BatchNormSpec spec)
    {
        int groups = spec.Channels / V.Count;
        V mean = means[at], squares = deviations[at];
        float count = Math.Min(spec.ChunkRows, end - begin);
        for (int row = begin + spec.ChunkRows; row < end; row += spec.ChunkRows)
        {
            at += groups;
            float more = Math.Min(spec.ChunkRows, end - row);
            float share = more / (count + more);
            V delta = V.Subtract(means[at], mean);
            mean = V.MultiplyAdd(share, delta, mean);
            squares = V.Add(squares, V.MultiplyAdd(count * share, V.Multiply(delta, delta), deviations[at]));
            count += more;
        }

        return new ChunkMoments<V>(mean, squares);
    }
}

/// <summary>
/// Merges the chunks of <see cref="BatchNormMoments"/> (or of <see cref="BatchNormMerge"/>), gives mean and 1/√(σ² + ε) and moves the
/// running statistics, whose variance is the unbiased one. One work-item: one lane group of channels. Reference:
/// BatchNormReference.Statistics.
/// </summary>
/// <param name="means">[chunks, C].</param>
/// <param name="deviations">[chunks, C].</param>
/// <param name="mean">[C], out.</param>
/// <param name="inverseDeviation">[C], out.</param>
/// <param name="runningMean">[C], moved towards the mean.</param>
/// <param name="runningVariance">[C], moved towards the unbiased variance.</param>
/// <param name="spec">Sizes and constants.</param>
public readonly struct BatchNormStatistics(
    ArrayView<float> means, ArrayView<float> deviations, ArrayView<float> mean, ArrayView<float> inverseDeviation,
    ArrayView<float> runningMean, ArrayView<float> runningVariance, BatchNormSpec spec) : ILaneKernel
{
    /// <inheritdoc/>
    public void Execute<V>(int item)
        where V : unmanaged, ILanes<V>
    {
        var all = ChunkMoments<V>.Merge(means.As<V>(), deviations.As<V>(), item, 0, spec.Rows, spec);
        V m = all.Mean, squares = all.Deviations;

        // The same rows at each of Repeats time-steps: the biased variance stays, the unbiased one divides by Repeats·rows − 1.
        V variance = V.Multiply(squares, V.Broadcast(1f / spec.Rows));
        float seen = (float)spec.Repeats * spec.Rows;
        V unbiased = V.Multiply(squares, V.Broadcast(spec.Repeats / Math.Max(seen - 1f, 1f)));
        mean.As<V>()[item] = m;
        inverseDeviation.As<V>()[item] = V.Map(variance, new InverseRoot(spec.Epsilon));
        var rm = runningMean.As<V>();
        var rv = runningVariance.As<V>();
        V old = rm[item];
        rm[item] = V.MultiplyAdd(spec.Momentum, V.Subtract(m, old), old);
        old = rv[item];
        rv[item] = V.MultiplyAdd(spec.Momentum, V.Subtract(unbiased, old), old);
    }
}

/// <summary>1/√(variance + ε) of the running variance, for evaluation. One work-item: one lane group of channels.</summary>
/// <param name="variance">[C].</param>
/// <param name="inverseDeviation">[C], out.</param>
/// <param name="epsilon">ε.</param>
public readonly struct BatchNormInverse(ArrayView<float> variance, ArrayView<float> inverseDeviation, float epsilon) : ILaneKernel
{
    /// <inheritdoc/>
    public void Execute<V>(int item)
        where V : unmanaged, ILanes<V> =>
        inverseDeviation.As<V>()[item] = V.Map(variance.As<V>()[item], new InverseRoot(epsilon));
}

/// <summary>1/√(x + ε).</summary>
internal readonly struct InverseRoot(float epsilon) : IScalarFunction
{
    public float Invoke(float x) => 1f / MathF.Sqrt(x + epsilon);
}

/// <summary>Sizes and constants of a batch-norm over [Rows, Channels].</summary>
/// <param name="Rows">T·N·H·W.</param>
/// <param name="Channels">C.</param>
/// <param name="ChunkRows">Rows per chunk of the reductions.</param>
/// <param name="Repeats">How many equal time-steps the rows stand for (1 unless direct encoding lets the stem run once).</param>
/// <param name="Epsilon">ε of 1/√(σ² + ε).</param>
/// <param name="Momentum">How far the running statistics move.</param>
public readonly record struct BatchNormSpec(int Rows, int Channels, int ChunkRows, int Repeats, float Epsilon, float Momentum)
    : ILaunchSpec
{
    /// <inheritdoc/>
    public string Label => $"{Rows}×{Channels}";
}
