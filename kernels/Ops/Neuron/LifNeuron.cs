namespace Idsnn.Kernels.Ops;

/// <summary>
/// The leaky integrate-and-fire neuron of Eq. 2 and 3, from rest: U(t) = decay·U(t−1)·(1 − F(t−1)) + X(t), F(t) = U(t) &gt; U_th.
/// </summary>
/// <param name="spec">Its constants.</param>
public readonly struct LifNeuron(LifSpec spec) : INeuron<LifNeuron>
{
    /// <inheritdoc/>
    public LifSpec Spec => spec;

    /// <inheritdoc/>
    public LifNeuron Load() => this;

    /// <inheritdoc/>
    public V Start<V>()
        where V : unmanaged, ILanes<V> => V.Broadcast(0f);

    /// <inheritdoc/>
    public V Charge<V>(V state, V x)
        where V : unmanaged, ILanes<V> => V.Add(state, x);

    /// <inheritdoc/>
    public V Fire<V>(V u)
        where V : unmanaged, ILanes<V> => V.Above(u, spec.Threshold);

    /// <inheritdoc/>
    public V Reset<V>(V u, V f)
        where V : unmanaged, ILanes<V> => spec.Carry(spec.Decay, u, f);

    /// <inheritdoc/>
    public V Back<V, TSurrogate>(V u, V dF, V later, ref V trained)
        where V : unmanaged, ILanes<V>
        where TSurrogate : struct, ISurrogate => spec.Back<V, TSurrogate>(spec.Decay, spec.Threshold, u, dF, later);

    /// <inheritdoc/>
    public void Store<V>(int item, V trained)
        where V : unmanaged, ILanes<V>
    {
        // Nothing is trained.
    }
}
