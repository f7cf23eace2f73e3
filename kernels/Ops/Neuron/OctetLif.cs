using ILGPU;

namespace Idsnn.Kernels.Ops;

/// <summary>
/// What enters a neuron: batch-norm of a convolution's output in bf16, and perhaps a residual. See <see cref="CurrentSource{T}"/>.
/// </summary>
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
/// Batch-norm, residual addition and spiking neurons through all time-steps in one pass, as <see cref="BatchNormLifForward{T, TNeuron}"/>,
/// from bf16 to bits. One work-item: one octet of one row.
/// </summary>
/// <typeparam name="TResidual">The residual's kind.</typeparam>
/// <typeparam name="TNeuron">The neuron.</typeparam>
/// <param name="current">What enters.</param>
/// <param name="spikes">[T, rows, C].</param>
/// <param name="neuron">The neuron.</param>
/// <param name="channels">C.</param>
public readonly struct OctetLifForward<TResidual, TNeuron>(
    OctetCurrent<TResidual> current, BitOctets spikes, TNeuron neuron, int channels) : IKernel
    where TResidual : struct, IResidualOctets
    where TNeuron : struct, INeuron<TNeuron>
{
    /// <inheritdoc/>
    public void Execute(int item)
    {
        var ready = neuron.Load();
        int group = item % (channels / 8), step = ready.Spec.Sites / 8;
        F8 m = current.Mean(group), scale = current.Scale(group), shift = current.Shift(group), state = ready.Start<F8>();
        for (int t = 0; t < ready.Spec.Timesteps; t++)
        {
            state = Recursion.Next(ready, state, current.Load(t * step, item, m, scale, shift), out _, out F8 f);
            spikes.Store((t * step) + item, f);
        }
    }
}

/// <summary>
/// Back through <see cref="OctetLifForward{TResidual, TNeuron}"/> in one pass: dX of the neuron's input, and chunk sums of dX and dX·x̂,
/// the partial dβ and dγ. Membranes are computed again and stay in registers. Where y has no time, dX is summed over it. One work-item: one
/// chunk of rows × one octet of channels.
/// </summary>
/// <typeparam name="TResidual">The residual's kind.</typeparam>
/// <typeparam name="TNeuron">The neuron.</typeparam>
/// <typeparam name="TSurrogate">The surrogate σ'.</typeparam>
/// <typeparam name="TTime">T.</typeparam>
/// <param name="current">What entered.</param>
/// <param name="dSpikes">[T, rows, C].</param>
/// <param name="dx">[T, rows, C]; [rows, C] where y has no time. It may be dSpikes where it has.</param>
/// <param name="sums">[chunks, C].</param>
/// <param name="products">[chunks, C].</param>
/// <param name="neuron">The neuron; what it trains has a part for each of [chunks, C].</param>
/// <param name="chunks">Sizes: rows without time.</param>
public readonly struct OctetLifBackward<TResidual, TNeuron, TSurrogate, TTime>(
    OctetCurrent<TResidual> current, BFloat16Octets dSpikes, BFloat16Octets dx, ArrayView<float> sums, ArrayView<float> products,
    TNeuron neuron, BatchNormSpec chunks) : IKernel
    where TResidual : struct, IResidualOctets
    where TNeuron : struct, INeuron<TNeuron>
    where TSurrogate : struct, ISurrogate
    where TTime : struct, ITimesteps
{
    /// <inheritdoc/>
    public void Execute(int item)
    {
        int groups = chunks.Channels / 8, chunk = item / groups, group = item - (chunk * groups);
        int begin = chunk * chunks.ChunkRows, end = Math.Min(begin + chunks.ChunkRows, chunks.Rows);
        var ready = neuron.Load();
        var site = new Site(current, dSpikes, dx, ready, group);
        for (int row = begin; row < end; row++)
        {
            site.At = (row * groups) + group;
            site.Total = F8.Broadcast(0f);
            TTime.Through(ref site, 0, ready.Start<F8>());
            if (current.Once) dx.Store(site.At, site.Total);
        }

        sums.As<F8>()[item] = site.Sum;
        products.As<F8>()[item] = F8.Multiply(site.Product, current.Inverse(group));
        ready.Store(item, site.Trained);
    }

    private struct Site(
        OctetCurrent<TResidual> current, BFloat16Octets dSpikes, BFloat16Octets dx, TNeuron neuron, int group) : ISite
    {
        private readonly F8 m = current.Mean(group), scale = current.Scale(group), shift = current.Shift(group);

        public int At;
        public F8 Sum = F8.Broadcast(0f), Product = F8.Broadcast(0f), Total = F8.Broadcast(0f), Trained = F8.Broadcast(0f);

        public readonly F8 Next(int t, F8 state, out F8 u) =>
            Recursion.Next(neuron, state, current.Load(t * (neuron.Spec.Sites / 8), At, m, scale, shift), out u, out _);

        public F8 Back(int t, F8 u, F8 later)
        {
            int step = t * (neuron.Spec.Sites / 8);
            F8 d = neuron.Back<F8, TSurrogate>(u, dSpikes.Load(step + At), later, ref Trained);
            Sum = F8.Add(Sum, d);
            Product = F8.MultiplyAdd(d, current.Deviation(step, At, m), Product);
            if (current.Once) Total = F8.Add(Total, d);
            else dx.Store(step + At, d);
            return d;
        }
    }
}
