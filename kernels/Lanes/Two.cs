using ILGPU;

namespace Idsnn.Kernels.Lanes;

/// <summary>Two lane groups as one: register tiles use it to load a scalar once for both.</summary>
/// <typeparam name="V">The lane type of each.</typeparam>
/// <param name="low">The first.</param>
/// <param name="high">The second.</param>
public readonly struct Two<V>(V low, V high) : ILanes<Two<V>>
    where V : unmanaged, ILanes<V>
{
    /// <summary>The lower half of the lanes.</summary>
    public readonly V Low = low;

    /// <summary>The upper half of the lanes.</summary>
    public readonly V High = high;

    /// <inheritdoc/>
    public static int Count => 2 * V.Count;

    /// <summary>Eight rows of two vectors want the 32 registers of AVX-512; the processors of eight lanes (AVX2) have 16.</summary>
    public static int TileRows => V.Count == 16 ? 8 : 4;

    /// <inheritdoc/>
    public static Two<V> Broadcast(float value) => new(V.Broadcast(value), V.Broadcast(value));

    /// <inheritdoc/>
    public static Two<V> Add(Two<V> a, Two<V> b) => new(V.Add(a.Low, b.Low), V.Add(a.High, b.High));

    /// <inheritdoc/>
    public static Two<V> Subtract(Two<V> a, Two<V> b) => new(V.Subtract(a.Low, b.Low), V.Subtract(a.High, b.High));

    /// <inheritdoc/>
    public static Two<V> Multiply(Two<V> a, Two<V> b) => new(V.Multiply(a.Low, b.Low), V.Multiply(a.High, b.High));

    /// <inheritdoc/>
    public static Two<V> MultiplyAdd(Two<V> a, Two<V> b, Two<V> c) =>
        new(V.MultiplyAdd(a.Low, b.Low, c.Low), V.MultiplyAdd(a.High, b.High, c.High));

    /// <inheritdoc/>
    public static Two<V> MultiplyAdd(float a, Two<V> b, Two<V> c) =>
        new(V.MultiplyAdd(a, b.Low, c.Low), V.MultiplyAdd(a, b.High, c.High));

    /// <inheritdoc/>
    public static Two<V> Above(Two<V> a, float threshold) => new(V.Above(a.Low, threshold), V.Above(a.High, threshold));

    /// <inheritdoc/>
    public static bool AreFinite(Two<V> a) => V.AreFinite(a.Low) & V.AreFinite(a.High);

    /// <inheritdoc/>
    public static Two<V> Gather(ArrayView<float> view, int start, int stride) =>
        new(V.Gather(view, start, stride), V.Gather(view, start + (V.Count * stride), stride));

    /// <inheritdoc/>
    public static void Scatter(Two<V> a, ArrayView<float> view, int start, int stride)
    {
        V.Scatter(a.Low, view, start, stride);
        V.Scatter(a.High, view, start + (V.Count * stride), stride);
    }

    /// <inheritdoc/>
    public static Two<V> FromBytes(ArrayView<byte> view, int start)
    {
        var bytes = view.SubView(start, Count);
        return new(V.FromBytes(bytes, 0), V.FromBytes(bytes, V.Count));
    }

    /// <inheritdoc/>
    public static void ToBytes(Two<V> a, ArrayView<byte> view, int start)
    {
        V.ToBytes(a.Low, view, start);
        V.ToBytes(a.High, view, start + V.Count);
    }

    /// <inheritdoc/>
    public static Two<V> Map<TFunction>(Two<V> a, TFunction function)
        where TFunction : struct, IScalarFunction => new(V.Map(a.Low, function), V.Map(a.High, function));
}
