using ILGPU;

namespace Idsnn.Kernels.Ops;

/// <summary>
/// <see cref="LifNeuron"/> whose decay lies in memory, because it is trained. With K(t) what firing leaves of U(t),
/// U(t) = decay·K(t−1) + X(t), and the decay's gradient is Σ dU(t+1)·K(t) over time-steps and sites; each work-item stores its own part.
/// </summary>
/// <param name="spec">Its constants but for the decay.</param>
/// <param name="decays">[1]: the decay.</param>
/// <param name="parts">
/// As many floats as a backward kernel has lanes over all its work-items: the parts of the decay's gradient. Forward kernels store nothing.
/// </param>
/// <param name="decay">The decay in a register; <see cref="Load"/> fetches it.</param>
public readonly struct ParametricLifNeuron(LifSpec spec, ArrayView<float> decays, ArrayView<float> parts, float decay = 0f)
    : INeuron<ParametricLifNeuron>
{
    /// <inheritdoc/>
    public LifSpec Spec => spec;

    /// <inheritdoc/>
    public ParametricLifNeuron Load() => new(spec, decays, parts, decays[0]);

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
        where V : unmanaged, ILanes<V> => spec.Carry(decay, u, f);

    /// <inheritdoc/>
    public V Back<V, TSurrogate>(V u, V dF, V later, ref V trained)
        where V : unmanaged, ILanes<V>
        where TSurrogate : struct, ISurrogate
    {
        trained = V.MultiplyAdd(later, spec.Carry(1f, u, Fire(u)), trained);
        return spec.Back<V, TSurrogate>(decay, spec.Threshold, u, dF, later);
    }

    /// <inheritdoc/>
    public void Store<V>(int item, V trained)
        where V : unmanaged, ILanes<V> => parts.As<V>()[item] = trained;
}
