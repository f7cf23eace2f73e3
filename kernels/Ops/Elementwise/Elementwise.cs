using ILGPU;

namespace Idsnn.Kernels.Ops;

/// <summary>y = a + b. One work-item: one lane group. y may be a or b.</summary>
/// <param name="a">Any shape.</param>
/// <param name="b">The same.</param>
/// <param name="y">The same.</param>
public readonly struct Add(ArrayView<float> a, ArrayView<float> b, ArrayView<float> y) : ILaneKernel
{
    /// <inheritdoc/>
    public void Execute<V>(int item)
        where V : unmanaged, ILanes<V> => y.As<V>()[item] = V.Add(a.As<V>()[item], b.As<V>()[item]);
}

/// <summary>y = a · scale, and · factor[0] where the factor is a number on the device. One work-item: one lane group.</summary>
/// <param name="a">Any shape.</param>
/// <param name="y">The same.</param>
/// <param name="scale">A constant.</param>
/// <param name="factor">[1].</param>
public readonly struct Scale(ArrayView<float> a, ArrayView<float> y, float scale, ArrayView<float> factor) : ILaneKernel
{
    /// <inheritdoc/>
    public void Execute<V>(int item)
        where V : unmanaged, ILanes<V> => y.As<V>()[item] = V.Multiply(V.Broadcast(scale * factor[0]), a.As<V>()[item]);
}

/// <summary>y = max(x, 0). One work-item: one lane group.</summary>
/// <param name="x">Any shape.</param>
/// <param name="y">The same.</param>
public readonly struct ReluForward(ArrayView<float> x, ArrayView<float> y) : ILaneKernel
{
    /// <inheritdoc/>
    public void Execute<V>(int item)
        where V : unmanaged, ILanes<V>
    {
        V value = x.As<V>()[item];
        y.As<V>()[item] = V.Multiply(value, V.Above(value, 0f));
    }
}

/// <summary>dX = dY where y &gt; 0, else 0. One work-item: one lane group.</summary>
/// <param name="y">The ReLU's output.</param>
/// <param name="dy">Its gradient.</param>
/// <param name="dx">The input's gradient.</param>
public readonly struct ReluBackward(ArrayView<float> y, ArrayView<float> dy, ArrayView<float> dx) : ILaneKernel
{
    /// <inheritdoc/>
    public void Execute<V>(int item)
        where V : unmanaged, ILanes<V> => dx.As<V>()[item] = V.Multiply(dy.As<V>()[item], V.Above(y.As<V>()[item], 0f));
}

/// <summary>y = 1/(1 + e^(−x)). One work-item: one lane group.</summary>
/// <param name="x">Any shape.</param>
/// <param name="y">The same.</param>
public readonly struct SigmoidForward(ArrayView<float> x, ArrayView<float> y) : ILaneKernel
{
    /// <inheritdoc/>
    public void Execute<V>(int item)
        where V : unmanaged, ILanes<V> => y.As<V>()[item] = V.Map(x.As<V>()[item], default(Logistic));

    private readonly struct Logistic : IScalarFunction
    {
        public float Invoke(float x) => 1f / (1f + MathF.Exp(-x));
    }
}

/// <summary>dX = dY · y · (1 − y). One work-item: one lane group.</summary>
/// <param name="y">The sigmoid's output.</param>
/// <param name="dy">Its gradient.</param>
/// <param name="dx">The input's gradient.</param>
public readonly struct SigmoidBackward(ArrayView<float> y, ArrayView<float> dy, ArrayView<float> dx) : ILaneKernel
{
    /// <inheritdoc/>
    public void Execute<V>(int item)
        where V : unmanaged, ILanes<V>
    {
        V value = y.As<V>()[item];
        dx.As<V>()[item] = V.Multiply(dy.As<V>()[item], V.Multiply(value, V.Subtract(V.Broadcast(1f), value)));
    }
}

/// <summary>y = value everywhere. One work-item: one lane group.</summary>
/// <param name="y">Any shape.</param>
/// <param name="value">The value.</param>
public readonly struct Fill(ArrayView<float> y, float value) : ILaneKernel
{
    /// <inheritdoc/>
    public void Execute<V>(int item)
        where V : unmanaged, ILanes<V> => y.As<V>()[item] = V.Broadcast(value);
}

/// <summary>y = x, to the bit. One work-item: one lane group.</summary>
/// <param name="x">Any shape.</param>
/// <param name="y">The same.</param>
public readonly struct Copy(ArrayView<float> x, ArrayView<float> y) : ILaneKernel
{
    /// <inheritdoc/>
    public void Execute<V>(int item)
        where V : unmanaged, ILanes<V> => y.As<V>()[item] = x.As<V>()[item];
}

/// <summary>y = x at any place in a larger tensor. One work-item: one element.</summary>
/// <param name="x">The elements.</param>
/// <param name="y">Their place.</param>
public readonly struct CopyElements(ArrayView<float> x, ArrayView<float> y) : IKernel
{
    /// <inheritdoc/>
    public void Execute(int item) => y[item] = x[item];
}
