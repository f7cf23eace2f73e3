using ILGPU;

namespace Idsnn.Kernels.Ops;

/// <summary>Any kind of elements as bf16. One work-item: one octet.</summary>
/// <typeparam name="TSource">The elements' kind.</typeparam>
/// <param name="x">Any shape.</param>
/// <param name="y">The same.</param>
public readonly struct OctetsToBFloat16<TSource>(TSource x, BFloat16Octets y) : IKernel
    where TSource : struct, IStoredOctets
{
    /// <inheritdoc/>
    public void Execute(int item) => y.Store(item, x.Load(item));
}

/// <summary>Zeros and ones as bits. One work-item: one octet.</summary>
/// <param name="x">Any shape.</param>
/// <param name="y">The same.</param>
public readonly struct OctetsToBits(FloatOctets x, BitOctets y) : IKernel
{
    /// <inheritdoc/>
    public void Execute(int item) => y.Store(item, x.Load(item));
}

/// <summary>Any kind of elements as float32. One work-item: one octet.</summary>
/// <typeparam name="TSource">The elements' kind.</typeparam>
/// <param name="x">Any shape.</param>
/// <param name="y">The same.</param>
public readonly struct OctetsToFloats<TSource>(TSource x, ArrayView<float> y) : IKernel
    where TSource : struct, IStoredOctets
{
    /// <inheritdoc/>
    public void Execute(int item) => y.As<F8>()[item] = x.Load(item);
}

/// <summary>y = a + b. One work-item: one octet. y may be a.</summary>
/// <typeparam name="TRight">The kind of b.</typeparam>
/// <param name="a">Any shape.</param>
/// <param name="b">The same.</param>
/// <param name="y">The same.</param>
public readonly struct AddOctets<TRight>(BFloat16Octets a, TRight b, BFloat16Octets y) : IKernel
    where TRight : struct, IStoredOctets
{
    /// <inheritdoc/>
    public void Execute(int item) => y.Store(item, F8.Add(a.Load(item), b.Load(item)));
}

/// <summary>y = max(x, 0). One work-item: one octet.</summary>
/// <param name="x">Any shape.</param>
/// <param name="y">The same.</param>
public readonly struct ReluOctets(BFloat16Octets x, BFloat16Octets y) : IKernel
{
    /// <inheritdoc/>
    public void Execute(int item)
    {
        F8 value = x.Load(item);
        y.Store(item, F8.Multiply(value, F8.Above(value, 0f)));
    }
}

/// <summary>dX = dY where y &gt; 0, else 0. One work-item: one octet.</summary>
/// <param name="y">The ReLU's output.</param>
/// <param name="dy">Its gradient.</param>
/// <param name="dx">The input's gradient.</param>
public readonly struct ReluBackwardOctets(BFloat16Octets y, BFloat16Octets dy, BFloat16Octets dx) : IKernel
{
    /// <inheritdoc/>
    public void Execute(int item) => dx.Store(item, F8.Multiply(dy.Load(item), F8.Above(y.Load(item), 0f)));
}
