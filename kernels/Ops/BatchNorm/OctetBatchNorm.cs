using ILGPU;

namespace Idsnn.Kernels.Ops;

/// <summary>
/// <see cref="BatchNormMoments"/> of bf16: mean and squared deviations per channel of each chunk of rows. One work-item: one chunk × one
/// octet of channels.
/// </summary>
/// <param name="x">[rows, C].</param>
/// <param name="means">[chunks, C].</param>
/// <param name="deviations">[chunks, C].</param>
/// <param name="spec">Sizes.</param>
public readonly struct OctetMoments(BFloat16Octets x, ArrayView<float> means, ArrayView<float> deviations, BatchNormSpec spec) : IKernel
{
    /// <inheritdoc/>
    public void Execute(int item)
    {
        int groups = spec.Channels / 8, chunk = item / groups, group = item - (chunk * groups);
        int begin = chunk * spec.ChunkRows, end = Math.Min(begin + spec.ChunkRows, spec.Rows);
        F8 sum = F8.Broadcast(0f), share = F8.Broadcast(1f / (end - begin));
        for (int row = begin; row < end; row++) sum = F8.Add(sum, x.Load((row * groups) + group));
        F8 mean = F8.Multiply(sum, share), squares = F8.Broadcast(0f), drift = F8.Broadcast(0f);
        for (int row = begin; row < end; row++)
        {
            F8 d = F8.Subtract(x.Load((row * groups) + group), mean);
            squares = F8.MultiplyAdd(d, d, squares);
            drift = F8.Add(drift, d);
        }

        F8 correction = F8.Multiply(drift, share);
        means.As<F8>()[item] = F8.Add(mean, correction);
        deviations.As<F8>()[item] = F8.Subtract(squares, F8.Multiply(drift, correction));
    }
}

/// <summary>
/// y = γ (x − μ)/√(σ² + ε) + β + residual, and its positive part where asked for. One work-item: one octet of one row.
/// </summary>
/// <typeparam name="TResidual">The residual's kind.</typeparam>
/// <param name="x">[rows, C].</param>
/// <param name="mean">[C].</param>
/// <param name="inverseDeviation">[C].</param>
/// <param name="gamma">[C].</param>
/// <param name="beta">[C].</param>
/// <param name="residual">[rows, C].</param>
/// <param name="y">[rows, C].</param>
/// <param name="channels">C.</param>
/// <param name="relu">Whether to cut at 0.</param>
public readonly struct OctetNormalize<TResidual>(
    BFloat16Octets x, ArrayView<float> mean, ArrayView<float> inverseDeviation, ArrayView<float> gamma, ArrayView<float> beta,
    TResidual residual, BFloat16Octets y, int channels, Flag relu) : IKernel
    where TResidual : struct, IResidualOctets
{
    /// <inheritdoc/>
    public void Execute(int item)
    {
        int group = item % (channels / 8);
        F8 scale = F8.Multiply(gamma.As<F8>()[group], inverseDeviation.As<F8>()[group]);
        F8 value = F8.MultiplyAdd(F8.Subtract(x.Load(item), mean.As<F8>()[group]), scale, beta.As<F8>()[group]);
        value = F8.Add(value, residual.Load(item));
        y.Store(item, relu ? F8.Multiply(value, F8.Above(value, 0f)) : value);
    }
}

/// <summary>
/// <see cref="BatchNormGradientSums"/> of bf16: chunk sums of dY and dY·x̂. One work-item: one chunk × one octet of channels.
/// </summary>
/// <param name="x">[rows, C].</param>
/// <param name="dy">[rows, C].</param>
/// <param name="mean">[C].</param>
/// <param name="inverseDeviation">[C].</param>
/// <param name="sums">[chunks, C].</param>
/// <param name="products">[chunks, C].</param>
/// <param name="spec">Sizes.</param>
public readonly struct OctetGradientSums(
    BFloat16Octets x, BFloat16Octets dy, ArrayView<float> mean, ArrayView<float> inverseDeviation, ArrayView<float> sums,
    ArrayView<float> products, BatchNormSpec spec) : IKernel
{
    /// <inheritdoc/>
    public void Execute(int item)
    {
        int groups = spec.Channels / 8, chunk = item / groups, group = item - (chunk * groups);
        int begin = chunk * spec.ChunkRows, end = Math.Min(begin + spec.ChunkRows, spec.Rows);
        F8 m = mean.As<F8>()[group], sum = F8.Broadcast(0f), product = F8.Broadcast(0f);
        for (int row = begin; row < end; row++)
        {
            int at = (row * groups) + group;
            F8 d = dy.Load(at);
            sum = F8.Add(sum, d);
            product = F8.MultiplyAdd(d, F8.Subtract(x.Load(at), m), product);
        }

        sums.As<F8>()[item] = sum;
        products.As<F8>()[item] = F8.Multiply(product, inverseDeviation.As<F8>()[group]);
    }
}

/// <summary><see cref="BatchNormInputGradient"/> of bf16. One work-item: one octet of one row. dx may be dy.</summary>
/// <param name="x">[rows, C].</param>
/// <param name="dy">[rows, C].</param>
/// <param name="mean">[C].</param>
/// <param name="inverseDeviation">[C].</param>
/// <param name="gamma">[C].</param>
/// <param name="dGamma">[C].</param>
/// <param name="dBeta">[C].</param>
/// <param name="dx">[rows, C].</param>
/// <param name="channels">C.</param>
/// <param name="share">1/rows, or 0 in evaluation.</param>
public readonly struct OctetInputGradient(
    BFloat16Octets x, BFloat16Octets dy, ArrayView<float> mean, ArrayView<float> inverseDeviation, ArrayView<float> gamma,
    ArrayView<float> dGamma, ArrayView<float> dBeta, BFloat16Octets dx, int channels, float share) : IKernel
{
    /// <inheritdoc/>
    public void Execute(int item)
    {
        int group = item % (channels / 8);
        F8 inverse = inverseDeviation.As<F8>()[group], part = F8.Broadcast(-share);
        F8 constant = F8.Multiply(part, dBeta.As<F8>()[group]);
        F8 slope = F8.Multiply(F8.Multiply(part, dGamma.As<F8>()[group]), inverse);
        F8 inner = F8.MultiplyAdd(F8.Subtract(x.Load(item), mean.As<F8>()[group]), slope, F8.Add(dy.Load(item), constant));
        dx.Store(item, F8.Multiply(F8.Multiply(gamma.As<F8>()[group], inverse), inner));
    }
}
