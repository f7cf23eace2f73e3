using ILGPU;

namespace Idsnn.Kernels;

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
/// Merges the chunks of <see cref="BatchNormMoments"/> in order (Chan, Golub, LeVeque 1979), gives mean and 1/√(σ² + ε) and moves the
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
        int groups = spec.Channels / V.Count;
        var chunkMeans = means.As<V>();
        var chunkDeviations = deviations.As<V>();
        V m = chunkMeans[item], squares = chunkDeviations[item];
        float count = Math.Min(spec.ChunkRows, spec.Rows);
        for (int begin = spec.ChunkRows, at = item + groups; begin < spec.Rows; begin += spec.ChunkRows, at += groups)
        {
            float more = Math.Min(spec.ChunkRows, spec.Rows - begin);
            float share = more / (count + more);
            V delta = V.Subtract(chunkMeans[at], m);
            m = V.MultiplyAdd(share, delta, m);
            squares = V.Add(squares, V.MultiplyAdd(count * share, V.Multiply(delta, delta), chunkDeviations[at]));
            count += more;
        }

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
