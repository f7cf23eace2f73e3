using ILGPU;

namespace Idsnn.Kernels.Ops;

/// <summary>
/// Chunk sums of dY and dY·x̂ per channel, x̂ = (x − μ)/√(σ² + ε): the partial dβ and dγ. One work-item: one chunk × one lane group of
/// channels; <see cref="SumRows"/> adds the chunks.
/// </summary>
/// <param name="x">[rows, C].</param>
/// <param name="dy">[rows, C].</param>
/// <param name="mean">[C].</param>
/// <param name="inverseDeviation">[C].</param>
/// <param name="sums">[chunks, C]: Σ dY.</param>
/// <param name="products">[chunks, C]: Σ dY·x̂.</param>
/// <param name="spec">Sizes.</param>
public readonly struct BatchNormGradientSums(
    ArrayView<float> x, ArrayView<float> dy, ArrayView<float> mean, ArrayView<float> inverseDeviation,
    ArrayView<float> sums, ArrayView<float> products, BatchNormSpec spec) : ILaneKernel
{
    /// <inheritdoc/>
    public void Execute<V>(int item)
        where V : unmanaged, ILanes<V>
    {
        int groups = spec.Channels / V.Count;
        int group = item % groups, chunk = item / groups;
        int begin = chunk * spec.ChunkRows, end = Math.Min(begin + spec.ChunkRows, spec.Rows);
        V m = mean.As<V>()[group];
        var source = x.As<V>();
        var gradient = dy.As<V>();
        V sum = V.Broadcast(0f), product = V.Broadcast(0f);
        for (int row = begin; row < end;)
        {
            // Sums of sums: the rounding error grows with the square root of their lengths.
            int stop = Math.Min(row + SumRows.Run, end);
            V part = V.Broadcast(0f), partProduct = V.Broadcast(0f);
            for (; row < stop; row++)
            {
                int at = (row * groups) + group;
                V d = gradient[at];
                part = V.Add(part, d);
                partProduct = V.MultiplyAdd(d, V.Subtract(source[at], m), partProduct);
            }

            sum = V.Add(sum, part);
            product = V.Add(product, partProduct);
        }

        sums.As<V>()[item] = sum;
        products.As<V>()[item] = V.Multiply(product, inverseDeviation.As<V>()[group]);
    }
}

/// <summary>
/// dX = γ/√(σ² + ε) · (dY − (dβ + x̂·dγ) · share), with share 1/rows in training and 0 where the statistics are constants (evaluation).
/// One work-item: <see cref="BatchNormNormalize.Rows"/> rows × one lane group of channels. Reference: BatchNormReference.Backward.
/// </summary>
/// <param name="x">[rows, C].</param>
/// <param name="dy">[rows, C].</param>
/// <param name="mean">[C].</param>
/// <param name="inverseDeviation">[C].</param>
/// <param name="gamma">[C].</param>
/// <param name="dGamma">[C].</param>
/// <param name="dBeta">[C].</param>
/// <param name="dx">[rows, C].</param>
/// <param name="spec">Sizes.</param>
/// <param name="share">1/rows or 0.</param>
public readonly struct BatchNormInputGradient(
    ArrayView<float> x, ArrayView<float> dy, ArrayView<float> mean, ArrayView<float> inverseDeviation, ArrayView<float> gamma,
    ArrayView<float> dGamma, ArrayView<float> dBeta, ArrayView<float> dx, BatchNormSpec spec, float share) : ILaneKernel
{
    /// <inheritdoc/>
    public void Execute<V>(int item)
        where V : unmanaged, ILanes<V>
    {
        int groups = spec.Channels / V.Count;
        int group = item % groups;
        int begin = item / groups * BatchNormNormalize.Rows, end = Math.Min(begin + BatchNormNormalize.Rows, spec.Rows);
        V m = mean.As<V>()[group], inverse = inverseDeviation.As<V>()[group];
        V scale = V.Multiply(gamma.As<V>()[group], inverse);
        V constant = V.Multiply(V.Broadcast(-share), dBeta.As<V>()[group]);
        V slope = V.Multiply(V.Multiply(V.Broadcast(-share), dGamma.As<V>()[group]), inverse);
        var source = x.As<V>();
        var gradient = dy.As<V>();
        var target = dx.As<V>();
        for (int row = begin; row < end; row++)
        {
            int at = (row * groups) + group;
            V inner = V.MultiplyAdd(V.Subtract(source[at], m), slope, V.Add(gradient[at], constant));
            target[at] = V.Multiply(scale, inner);
        }
    }
}
