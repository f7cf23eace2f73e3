using ILGPU;

namespace Idsnn.Kernels.Ops;

/// <summary>Spikes as floats. One work-item: one lane group.</summary>
/// <param name="spikes">Any shape.</param>
/// <param name="y">The same.</param>
public readonly struct SpikesToFloats(ArrayView<byte> spikes, ArrayView<float> y) : ILaneKernel
{
    /// <inheritdoc/>
    public void Execute<V>(int item)
        where V : unmanaged, ILanes<V> => y.As<V>()[item] = V.FromBytes(spikes, item * V.Count);
}

/// <summary>y = a + b of spikes and of their sums, up to 255. One work-item: one lane group.</summary>
/// <param name="a">Any shape.</param>
/// <param name="b">The same.</param>
/// <param name="y">The same.</param>
public readonly struct AddSpikes(ArrayView<byte> a, ArrayView<byte> b, ArrayView<byte> y) : ILaneKernel
{
    /// <inheritdoc/>
    public void Execute<V>(int item)
        where V : unmanaged, ILanes<V>
    {
        int at = item * V.Count;
        V.ToBytes(V.Add(V.FromBytes(a, at), V.FromBytes(b, at)), y, at);
    }
}
