using ILGPU;

namespace Idsnn.Kernels.Lanes;

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

/// <summary>No residual: nothing is read.</summary>
public readonly struct NoImage : IImage
{
    /// <inheritdoc/>
    public static int ElementBytes => 0;

    /// <inheritdoc/>
    public V Load<V>(int start)
        where V : unmanaged, ILanes<V> => V.Broadcast(0f);
}
