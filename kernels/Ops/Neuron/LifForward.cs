using ILGPU;

namespace Idsnn.Kernels.Ops;

/// <summary>Neurons through all time-steps. One work-item: one lane group of sites, t ascending. Reference: LifReference.Forward.</summary>
/// <typeparam name="TNeuron">The neuron.</typeparam>
/// <param name="x">[T, sites]: the input current.</param>
/// <param name="spikes">[T, sites]: 0 or 1, a byte each.</param>
/// <param name="neuron">The neuron.</param>
public readonly struct LifForward<TNeuron>(ArrayView<float> x, ArrayView<byte> spikes, TNeuron neuron) : ILaneKernel
    where TNeuron : struct, INeuron<TNeuron>
{
    /// <inheritdoc/>
    public void Execute<V>(int item)
        where V : unmanaged, ILanes<V>
    {
        var ready = neuron.Load();
        int groups = ready.Spec.Sites / V.Count;
        var current = x.As<V>();
        V state = ready.Start<V>();
        for (int t = 0, at = item; t < ready.Spec.Timesteps; t++, at += groups)
        {
            state = Recursion.Next(ready, state, current[at], out _, out V f);
            V.ToBytes(f, spikes, at * V.Count);
        }
    }
}
