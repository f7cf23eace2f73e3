using ILGPU;

namespace Idsnn.Kernels;

/// <summary>No residual: nothing is read.</summary>
public readonly struct NoImage : IImage
{
    /// <inheritdoc/>
    public static int ElementBytes => 0;

    /// <inheritdoc/>
    public V Load<V>(int start)
        where V : unmanaged, ILanes<V> => V.Broadcast(0f);
}

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
/// Batch-norm, residual addition and leaky integrate-and-fire through all time-steps in one pass (Eq. 2, 3, 5). One work-item: one lane
/// group of one row, t ascending. Reference: the ops one by one.
/// </summary>
/// <typeparam name="TResidual">Numbers, spikes or nothing.</typeparam>
/// <param name="source">What enters.</param>
/// <param name="spikes">[T, rows, C], bytes.</param>
/// <param name="spec">The neuron.</param>
public readonly struct BatchNormLifForward<TResidual>(CurrentSource<TResidual> source, ArrayView<byte> spikes, LifSpec spec) : ILaneKernel
    where TResidual : struct, IImage
{
    /// <inheritdoc/>
    public void Execute<V>(int item)
        where V : unmanaged, ILanes<V>
    {
        int groups = source.Channels / V.Count, group = item % groups;
        int step = source.Rows * groups;
        V m = source.Mean<V>(group), scale = source.Scale<V>(group), shift = source.Shift<V>(group);
        V carry = V.Broadcast(0f);
        for (int t = 0; t < spec.Timesteps; t++)
        {
            V u = V.Add(carry, source.Current(t * step, item, m, scale, shift));
            V f = V.Above(u, spec.Threshold);
            V.ToBytes(f, spikes, ((t * step) + item) * V.Count);
            carry = spec.Carry(u, f);
        }
    }
}

/// <summary>
/// Back through <see cref="BatchNormLifForward{TResidual}"/> to the neuron's input, the membranes computed again from the convolution's
/// output (into dX, which is then overwritten). One work-item: one lane group of one row. Reference: the ops one by one.
/// </summary>
/// <typeparam name="TResidual">Numbers, spikes or nothing.</typeparam>
/// <typeparam name="TSurrogate">The surrogate σ'.</typeparam>
/// <param name="source">What entered.</param>
/// <param name="dSpikes">[T, rows, C].</param>
/// <param name="dx">[T, rows, C].</param>
/// <param name="spec">The neuron.</param>
public readonly struct BatchNormLifBackward<TResidual, TSurrogate>(
    CurrentSource<TResidual> source, ArrayView<float> dSpikes, ArrayView<float> dx, LifSpec spec) : ILaneKernel
    where TResidual : struct, IImage
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
        V carry = V.Broadcast(0f);
        for (int t = 0; t < spec.Timesteps; t++, at += step)
        {
            V u = V.Add(carry, source.Current(t * step, item, m, scale, shift));
            target[at] = u;
            carry = spec.Carry(u, V.Above(u, spec.Threshold));
        }

        V later = V.Broadcast(0f);
        for (int t = spec.Timesteps - 1; t >= 0; t--)
        {
            at -= step;
            later = LifStep.Back<V, TSurrogate>(spec, target[at], gradient[at], later);
            target[at] = later;
        }
    }
}
