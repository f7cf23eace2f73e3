using ILGPU;

namespace Idsnn.Kernels.Ops;

/// <summary>What enters the neuron: batch-norm of a convolution's output, and perhaps a residual.</summary>
/// <typeparam name="TResidual">Numbers, spikes or nothing.</typeparam>
/// <param name="y">[T, rows, C]; [rows, C] where <paramref name="once"/>.</param>
/// <param name="mean">[C].</param>
/// <param name="inverseDeviation">[C].</param>
/// <param name="gamma">[C].</param>
/// <param name="beta">[C].</param>
/// <param name="residual">[T, rows, C].</param>
/// <param name="once">Whether every time-step sees the same y (direct encoding).</param>
/// <param name="rows">N·H·W.</param>
/// <param name="channels">C.</param>
public readonly struct CurrentSource<TResidual>(
    ArrayView<float> y, ArrayView<float> mean, ArrayView<float> inverseDeviation, ArrayView<float> gamma, ArrayView<float> beta,
    TResidual residual, Flag once, int rows, int channels) : ICurrent
    where TResidual : struct, IImage
{
    /// <summary>C.</summary>
    public int Channels => channels;

    /// <summary>N·H·W.</summary>
    public int Rows => rows;

    internal V Mean<V>(int group)
        where V : unmanaged, ILanes<V> => mean.As<V>()[group];

    internal V Scale<V>(int group)
        where V : unmanaged, ILanes<V> => V.Multiply(gamma.As<V>()[group], inverseDeviation.As<V>()[group]);

    internal V Shift<V>(int group)
        where V : unmanaged, ILanes<V> => beta.As<V>()[group];

    /// <inheritdoc/>
    public V Load<V>(int step, int at)
        where V : unmanaged, ILanes<V>
    {
        int group = at % (channels / V.Count);
        return Current(step, at, Mean<V>(group), Scale<V>(group), Shift<V>(group));
    }

    /// <summary>X = (y − μ)·scale + shift + residual of lane group `at` of the time-step that starts at lane group `step`.</summary>
    internal V Current<V>(int step, int at, V m, V scale, V shift)
        where V : unmanaged, ILanes<V>
    {
        V x = V.MultiplyAdd(V.Subtract(y.As<V>()[(once ? 0 : step) + at], m), scale, shift);
        return V.Add(x, residual.Load<V>((step + at) * V.Count));
    }
}

/// <summary>
/// Batch-norm, residual addition and spiking neurons through all time-steps in one pass (Eq. 2, 3, 5). One work-item: one lane
/// group of one row, t ascending. Reference: the ops one by one.
/// </summary>
/// <typeparam name="TResidual">Numbers, spikes or nothing.</typeparam>
/// <typeparam name="TNeuron">The neuron.</typeparam>
/// <param name="source">What enters.</param>
/// <param name="spikes">[T, rows, C], bytes.</param>
/// <param name="neuron">The neuron.</param>
public readonly struct BatchNormLifForward<TResidual, TNeuron>(
    CurrentSource<TResidual> source, ArrayView<byte> spikes, TNeuron neuron) : ILaneKernel
    where TResidual : struct, IImage
    where TNeuron : struct, INeuron<TNeuron>
{
    /// <inheritdoc/>
    public void Execute<V>(int item)
        where V : unmanaged, ILanes<V>
    {
        int groups = source.Channels / V.Count, group = item % groups;
        int step = source.Rows * groups;
        V m = source.Mean<V>(group), scale = source.Scale<V>(group), shift = source.Shift<V>(group);
        var ready = neuron.Load();
        V state = ready.Start<V>();
        for (int t = 0; t < ready.Spec.Timesteps; t++)
        {
            state = Recursion.Next(ready, state, source.Current(t * step, item, m, scale, shift), out _, out V f);
            V.ToBytes(f, spikes, ((t * step) + item) * V.Count);
        }
    }
}

/// <summary>
/// Back through <see cref="BatchNormLifForward{TResidual, TNeuron}"/> to the neuron's input, the membranes computed again from the
/// convolution's output (into dX, which is then overwritten). One work-item: one lane group of one row. Reference: the ops one by one.
/// </summary>
/// <typeparam name="TResidual">Numbers, spikes or nothing.</typeparam>
/// <typeparam name="TNeuron">The neuron.</typeparam>
/// <typeparam name="TSurrogate">The surrogate σ'.</typeparam>
/// <param name="source">What entered.</param>
/// <param name="dSpikes">[T, rows, C].</param>
/// <param name="dx">[T, rows, C].</param>
/// <param name="neuron">The neuron; what it trains has a part for each of [rows, C].</param>
public readonly struct BatchNormLifBackward<TResidual, TNeuron, TSurrogate>(
    CurrentSource<TResidual> source, ArrayView<float> dSpikes, ArrayView<float> dx, TNeuron neuron) : ILaneKernel
    where TResidual : struct, IImage
    where TNeuron : struct, INeuron<TNeuron>
    where TSurrogate : struct, ISurrogate
{
    /// <inheritdoc/>
    public void Execute<V>(int item)
        where V : unmanaged, ILanes<V>
    {
        int groups = source.Channels / V.Count, group = item % groups;
        int step = source.Rows * groups, at = item;
        V m = source.Mean<V>(group), scale = source.Scale<V>(group), shift = source.Shift<V>(group);
        var gradient = dSpikes.As<V>();
        var target = dx.As<V>();
        var ready = neuron.Load();
        V state = ready.Start<V>();
        for (int t = 0; t < ready.Spec.Timesteps; t++, at += step)
        {
            state = Recursion.Next(ready, state, source.Current(t * step, item, m, scale, shift), out V u, out _);
            target[at] = u;
        }

        V later = V.Broadcast(0f), trained = V.Broadcast(0f);
        for (int t = ready.Spec.Timesteps - 1; t >= 0; t--)
        {
            at -= step;
            later = ready.Back<V, TSurrogate>(target[at], gradient[at], later, ref trained);
            target[at] = later;
        }

        ready.Store(item, trained);
    }
}
