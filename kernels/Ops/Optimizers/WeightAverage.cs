using ILGPU;

namespace Idsnn.Kernels.Ops;

/// <summary>
/// a ← a + (1 − d)·(w − a): an exponential moving average, in one pass. One work-item: one lane group. Where w is a, it stays to the
/// bit. Reference: WeightAverageTests.
/// </summary>
/// <param name="average">a, in place.</param>
/// <param name="value">w.</param>
/// <param name="gain">1 − d.</param>
public readonly struct MoveTowards(ArrayView<float> average, ArrayView<float> value, float gain) : ILaneKernel
{
    /// <inheritdoc/>
    public void Execute<V>(int item)
        where V : unmanaged, ILanes<V>
    {
        var averages = average.As<V>();
        V a = averages[item];
        averages[item] = V.MultiplyAdd(gain, V.Subtract(value.As<V>()[item], a), a);
    }
}

/// <summary>a ↔ b. One work-item: one lane group.</summary>
/// <param name="a">Any shape.</param>
/// <param name="b">The same.</param>
public readonly struct Exchange(ArrayView<float> a, ArrayView<float> b) : ILaneKernel
{
    /// <inheritdoc/>
    public void Execute<V>(int item)
        where V : unmanaged, ILanes<V>
    {
        var left = a.As<V>();
        var right = b.As<V>();
        V kept = left[item];
        left[item] = right[item];
        right[item] = kept;
    }
}
