using ILGPU;

namespace Idsnn.Kernels;

/// <summary>
/// Eq. 2 and 3 through all time-steps: U(t) = decay·U(t−1)·(1 − F(t−1)) + X(t), F(t) = U(t) &gt; U_th. One work-item: one lane group of
/// sites, t ascending. Reference: LifReference.Forward.
/// </summary>
/// <param name="x">[T, sites]: the input current.</param>
/// <param name="spikes">[T, sites]: 0 or 1, a byte each.</param>
/// <param name="spec">The neuron.</param>
public readonly struct LifForward(ArrayView<float> x, ArrayView<byte> spikes, LifSpec spec) : ILaneKernel
{
    /// <inheritdoc/>
    public void Execute<V>(int item)
        where V : unmanaged, ILanes<V>
    {
        int groups = spec.Sites / V.Count;
        var current = x.As<V>();
        V carry = V.Broadcast(0f);
        for (int t = 0, at = item; t < spec.Timesteps; t++, at += groups)
        {
            V u = V.Add(carry, current[at]);
            V f = V.Above(u, spec.Threshold);
            V.ToBytes(f, spikes, at * V.Count);
            carry = spec.Carry(u, f);
        }
    }
}
