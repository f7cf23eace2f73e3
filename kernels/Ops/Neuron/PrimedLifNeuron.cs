namespace Idsnn.Kernels.Ops;

/// <summary>
/// <see cref="LifNeuron"/> with a membrane before the first step, U(1) = decay·u₀ + X(1), and a firing bound of its own. With decay 1 it is
/// the integrate-and-fire neuron.
/// </summary>
/// <param name="spec">Its constants.</param>
/// <param name="initial">u₀.</param>
/// <param name="bound">
/// It fires above this: U_th, or the float below U_th where it fires at U_th too. Reset and surrogate have U_th itself.
/// </param>
public readonly struct PrimedLifNeuron(LifSpec spec, float initial, float bound) : INeuron<PrimedLifNeuron>
{
    /// <inheritdoc/>
    public LifSpec Spec => spec;

    /// <inheritdoc/>
    public PrimedLifNeuron Load() => this;

    /// <inheritdoc/>
    public V Start<V>()
        where V : unmanaged, ILanes<V> => V.Broadcast(spec.Decay * initial);

    /// <inheritdoc/>
    public V Charge<V>(V state, V x)
        where V : unmanaged, ILanes<V> => V.Add(state, x);

    /// <inheritdoc/>
    public V Fire<V>(V u)
        where V : unmanaged, ILanes<V> => V.Above(u, bound);

    /// <inheritdoc/>
    public V Reset<V>(V u, V f)
        where V : unmanaged, ILanes<V> => spec.Carry(spec.Decay, u, f);

    /// <inheritdoc/>
    public V Back<V, TSurrogate>(V u, V dF, V later, ref V trained)
        where V : unmanaged, ILanes<V>
        where TSurrogate : struct, ISurrogate => spec.Back<V, TSurrogate>(spec.Decay, bound, u, dF, later);

    /// <inheritdoc/>
    public void Store<V>(int item, V trained)
        where V : unmanaged, ILanes<V>
    {
        // Nothing is trained.
    }
}
