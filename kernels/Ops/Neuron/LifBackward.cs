using ILGPU;

namespace Idsnn.Kernels.Ops;

/// <summary>
/// Back-propagation through time of <see cref="LifForward{TNeuron}"/>. The membranes are computed again from the input (into dX, which is
/// then overwritten), t ascending; then, t descending, dX(t) = dU(t). One work-item: one lane group of sites. Reference:
/// LifReference.Backward.
/// </summary>
/// <typeparam name="TNeuron">The neuron.</typeparam>
/// <typeparam name="TSurrogate">The surrogate σ'.</typeparam>
/// <param name="x">[T, sites].</param>
/// <param name="dSpikes">[T, sites].</param>
/// <param name="dx">[T, sites].</param>
/// <param name="neuron">The neuron; what it trains has a part for each of the sites.</param>
public readonly struct LifBackward<TNeuron, TSurrogate>(
    ArrayView<float> x, ArrayView<float> dSpikes, ArrayView<float> dx, TNeuron neuron) : ILaneKernel
    where TNeuron : struct, INeuron<TNeuron>
    where TSurrogate : struct, ISurrogate
{
    /// <inheritdoc/>
    public void Execute<V>(int item)
        where V : unmanaged, ILanes<V>
    {
        var ready = neuron.Load();
        int groups = ready.Spec.Sites / V.Count;
        var current = x.As<V>();
        var gradient = dSpikes.As<V>();
        var target = dx.As<V>();
        int at = item;
        V state = ready.Start<V>();
        for (int t = 0; t < ready.Spec.Timesteps; t++, at += groups)
        {
            state = Recursion.Next(ready, state, current[at], out V u, out _);
            target[at] = u;
        }

        V later = V.Broadcast(0f), trained = V.Broadcast(0f);
        for (int t = ready.Spec.Timesteps - 1; t >= 0; t--)
        {
            at -= groups;
            later = ready.Back<V, TSurrogate>(target[at], gradient[at], later, ref trained);
            target[at] = later;
        }

        ready.Store(item, trained);
    }
}
