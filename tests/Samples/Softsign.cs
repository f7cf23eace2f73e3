using Idsnn.Engine;
using Idsnn.Kernels.Lanes;
using Idsnn.Kernels.Launch;
using ILGPU;

namespace Idsnn.Tests.Samples;

/// <summary>y = x/(1 + |x|), with kernels of its own.</summary>
public sealed class Softsign : CustomOp
{
    /// <inheritdoc/>
    protected override Tensor Forward(IReadOnlyList<Tensor> inputs)
    {
        var y = Tensor.Empty(inputs[0].Device, inputs[0].Shape);
        Launch(y, new SoftsignForward(inputs[0].Elements, y.Elements));
        return y;
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Tensor?> Backward(Tensor dY, IReadOnlyList<Tensor> inputs, Tensor y)
    {
        var dX = Tensor.Empty(dY.Device, dY.Shape);
        Launch(dX, new SoftsignBackward(inputs[0].Elements, dY.Elements, dX.Elements));
        return [dX];
    }
}

/// <summary>y = x/(1 + |x|).</summary>
public readonly struct SoftsignForward(ArrayView<float> x, ArrayView<float> y) : ILaneKernel
{
    /// <inheritdoc/>
    public void Execute<V>(int item)
        where V : unmanaged, ILanes<V>
    {
        V value = x.As<V>()[item];
        y.As<V>()[item] = V.Multiply(value, V.Map(value, default(Damping)));
    }
}

/// <summary>dX = dY/(1 + |x|)².</summary>
public readonly struct SoftsignBackward(ArrayView<float> x, ArrayView<float> dy, ArrayView<float> dx) : ILaneKernel
{
    /// <inheritdoc/>
    public void Execute<V>(int item)
        where V : unmanaged, ILanes<V>
    {
        V damping = V.Map(x.As<V>()[item], default(Damping));
        dx.As<V>()[item] = V.Multiply(dy.As<V>()[item], V.Multiply(damping, damping));
    }
}

/// <summary>1/(1 + |x|).</summary>
public readonly struct Damping : IScalarFunction
{
    /// <inheritdoc/>
    public float Invoke(float x) => 1f / (1f + Math.Abs(x));
}
