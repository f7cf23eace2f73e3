using ILGPU;

namespace Idsnn.Kernels;

/// <summary>What enters a neuron: batch-norm of a convolution's output in bf16, and perhaps a residual. See <see cref="CurrentSource{T}"/>.</summary>
/// <typeparam name="TResidual">The residual's kind.</typeparam>
/// <param name="y">[T, rows, C]; [rows, C] where <paramref name="once"/>.</param>
/// <param name="mean">[C].</param>
/// <param name="inverseDeviation">[C].</param>
/// <param name="gamma">[C].</param>
/// <param name="beta">[C].</param>
/// <param name="residual">[T, rows, C].</param>
/// <param name="once">Whether every time-step sees the same y.</param>
public readonly struct OctetCurrent<TResidual>(
    BFloat16Octets y, ArrayView<float> mean, ArrayView<float> inverseDeviation, ArrayView<float> gamma, ArrayView<float> beta,
    TResidual residual, Flag once)
    where TResidual : struct, IResidualOctets
{
    /// <summary>Whether every time-step sees the same y.</summary>
    public bool Once => once;

    internal F8 Mean(int group) => mean.As<F8>()[group];

    internal F8 Inverse(int group) => inverseDeviation.As<F8>()[group];

    internal F8 Scale(int group) => F8.Multiply(gamma.As<F8>()[group], inverseDeviation.As<F8>()[group]);

    internal F8 Shift(int group) => beta.As<F8>()[group];

    /// <summary>y − μ of octet `at` of the time-step that starts at octet `step`.</summary>
    internal F8 Deviation(int step, int at, F8 m) => F8.Subtract(y.Load((once ? 0 : step) + at), m);

    internal F8 Load(int step, int at, F8 m, F8 scale, F8 shift) =>
        F8.Add(F8.MultiplyAdd(Deviation(step, at, m), scale, shift), residual.Load(step + at));
}

/// <summary>
/// Batch-norm, residual addition and spiking neurons through all time-steps in one pass, as <see cref="BatchNormLifForward{T}"/>, from
/// bf16 to bits. One work-item: one octet of one row.
/// </summary>
/// <typeparam name="TResidual">The residual's kind.</typeparam>
/// <param name="current">What enters.</param>
/// <param name="spikes">[T, rows, C].</param>
/// <param name="spec">The neuron.</param>
/// <param name="channels">C.</param>
public readonly struct OctetLifForward<TResidual>(OctetCurrent<TResidual> current, BitOctets spikes, LifSpec spec, int channels) : IKernel
    where TResidual : struct, IResidualOctets
{
    /// <inheritdoc/>
    public void Execute(int item)
    {
        int group = item % (channels / 8), step = spec.Sites / 8;
        F8 m = current.Mean(group), scale = current.Scale(group), shift = current.Shift(group), carry = F8.Broadcast(0f);
        for (int t = 0; t < spec.Timesteps; t++)
        {
            F8 u = F8.Add(carry, current.Load(t * step, item, m, scale, shift));
            F8 f = F8.Above(u, spec.Threshold);
            spikes.Store((t * step) + item, f);
            carry = spec.Carry(u, f);
        }
    }
}

/// <summary>
/// Back through <see cref="OctetLifForward{TResidual}"/> in one pass: dX of the neuron's input, and chunk sums of dX and dX·x̂, the
/// partial dβ and dγ. Membranes are computed again and stay in registers. Where y has no time, dX is summed over it. One work-item: one
/// chunk of rows × one octet of channels.
/// </summary>
/// <typeparam name="TResidual">The residual's kind.</typeparam>
/// <typeparam name="TSurrogate">The surrogate σ'.</typeparam>
/// <typeparam name="TTime">T.</typeparam>
/// <param name="current">What entered.</param>
/// <param name="dSpikes">[T, rows, C].</param>
/// <param name="dx">[T, rows, C]; [rows, C] where y has no time. It may be dSpikes where it has.</param>
/// <param name="sums">[chunks, C].</param>
/// <param name="products">[chunks, C].</param>
/// <param name="spec">The neuron.</param>
/// <param name="chunks">Sizes: rows without time.</param>
public readonly struct OctetLifBackward<TResidual, TSurrogate, TTime>(
    OctetCurrent<TResidual> current, BFloat16Octets dSpikes, BFloat16Octets dx, ArrayView<float> sums, ArrayView<float> products,
    LifSpec spec, BatchNormSpec chunks) : IKernel
    where TResidual : struct, IResidualOctets
    where TSurrogate : struct, ISurrogate
    where TTime : struct, ITimesteps
{
    /// <inheritdoc/>
    public void Execute(int item)
    {
        int groups = chunks.Channels / 8, chunk = item / groups, group = item - (chunk * groups);
        int begin = chunk * chunks.ChunkRows, end = Math.Min(begin + chunks.ChunkRows, chunks.Rows);
        var site = new Site(current, dSpikes, dx, spec, group);
        for (int row = begin; row < end; row++)
        {
            site.At = (row * groups) + group;
            site.Total = F8.Broadcast(0f);
            TTime.Through(ref site, 0, F8.Broadcast(0f));
            if (current.Once) dx.Store(site.At, site.Total);
        }

        sums.As<F8>()[item] = site.Sum;
        products.As<F8>()[item] = F8.Multiply(site.Product, current.Inverse(group));
    }

    private struct Site(
        OctetCurrent<TResidual> current, BFloat16Octets dSpikes, BFloat16Octets dx, LifSpec spec, int group) : ISite
    {
        private readonly F8 m = current.Mean(group), scale = current.Scale(group), shift = current.Shift(group);

        public int At;
        public F8 Sum = F8.Broadcast(0f), Product = F8.Broadcast(0f), Total = F8.Broadcast(0f);

        public readonly F8 Current(int t) => current.Load(t * (spec.Sites / 8), At, m, scale, shift);

        public readonly F8 Carry(F8 u) => spec.Carry(u, F8.Above(u, spec.Threshold));

        public F8 Back(int t, F8 u, F8 later)
        {
            int step = t * (spec.Sites / 8);
            F8 d = LifStep.Back<F8, TSurrogate>(spec, u, dSpikes.Load(step + At), later);
            Sum = F8.Add(Sum, d);
            Product = F8.MultiplyAdd(d, current.Deviation(step, At, m), Product);
            if (current.Once) Total = F8.Add(Total, d);
            else dx.Store(step + At, d);
            return d;
        }
    }
}
