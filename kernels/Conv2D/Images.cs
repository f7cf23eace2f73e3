using ILGPU;

namespace Idsnn.Kernels;

/// <summary>What a convolution reads: numbers, or spikes kept as bytes.</summary>
public interface IImage
{
    /// <summary>Bytes of one element in memory.</summary>
    static abstract int ElementBytes { get; }

    /// <summary>The lane group that starts at element <paramref name="start"/>, a multiple of the lane count.</summary>
    /// <typeparam name="V">The lane type.</typeparam>
    V Load<V>(int start)
        where V : unmanaged, ILanes<V>;
}

/// <summary>Float32 images.</summary>
/// <param name="view">[N, H, W, C].</param>
public readonly struct FloatImage(ArrayView<float> view) : IImage
{
    /// <inheritdoc/>
    public static int ElementBytes => sizeof(float);

    /// <inheritdoc/>
    public V Load<V>(int start)
        where V : unmanaged, ILanes<V> => view.As<V>()[start / V.Count];
}

/// <summary>Spikes, a byte each.</summary>
/// <param name="view">[N, H, W, C].</param>
public readonly struct SpikeImage(ArrayView<byte> view) : IImage
{
    /// <inheritdoc/>
    public static int ElementBytes => sizeof(byte);

    /// <inheritdoc/>
    public V Load<V>(int start)
        where V : unmanaged, ILanes<V> => V.FromBytes(view, start);
}

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
