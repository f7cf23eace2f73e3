using ILGPU;

namespace Idsnn.Kernels;

/// <summary>
/// Stochastic gradient descent with momentum as PyTorch states it, in one pass: g ← dW + decay·w; v ← momentum·v + g;
/// w ← w − lr·(Nesterov ? g + momentum·v : v). One work-item: one lane group. Reference: SgdReference.
/// </summary>
/// <param name="weight">w, in place.</param>
/// <param name="velocity">v, in place; zeros before the first step.</param>
/// <param name="gradient">dW.</param>
/// <param name="spec">The constants.</param>
public readonly struct Sgd(ArrayView<float> weight, ArrayView<float> velocity, ArrayView<float> gradient, SgdSpec spec) : ILaneKernel
{
    /// <inheritdoc/>
    public void Execute<V>(int item)
        where V : unmanaged, ILanes<V>
    {
        var weights = weight.As<V>();
        var velocities = velocity.As<V>();
        V w = weights[item];
        V g = V.MultiplyAdd(spec.WeightDecay, w, gradient.As<V>()[item]);
        V v = V.MultiplyAdd(spec.Momentum, velocities[item], g);
        velocities[item] = v;
        V step = spec.Nesterov ? V.MultiplyAdd(spec.Momentum, v, g) : v;
        weights[item] = V.MultiplyAdd(-spec.LearningRate, step, w);
    }
}

/// <summary>The constants of a gradient step.</summary>
/// <param name="LearningRate">lr.</param>
/// <param name="Momentum">momentum; 0 for plain descent.</param>
/// <param name="WeightDecay">L2 penalty.</param>
/// <param name="Nesterov">Whether the step looks ahead.</param>
public readonly record struct SgdSpec(float LearningRate, float Momentum, float WeightDecay, Flag Nesterov);
