using ILGPU;

namespace Idsnn.Kernels.Ops;

/// <summary>
/// Stochastic gradient descent with momentum as PyTorch states it, in one pass: g ← dW + decay·w; v ← momentum·v + g;
/// w ← w − lr·(Nesterov ? g + momentum·v : v). dW is scaled by the gate, which may also leave the step out. A lane group of
/// which a w would not be finite stays as it is, and the gate is told. One work-item: one lane group. Reference: SgdReference.
/// </summary>
/// <param name="weight">w, in place.</param>
/// <param name="velocity">v, in place; zeros before the first step.</param>
/// <param name="gradient">dW.</param>
/// <param name="count">Elements; what follows them means nothing.</param>
/// <param name="gate">The gate.</param>
/// <param name="spec">The constants.</param>
public readonly struct Sgd(
    ArrayView<float> weight, ArrayView<float> velocity, ArrayView<float> gradient, int count, GradientGate gate, SgdSpec spec) : ILaneKernel
{
    /// <inheritdoc/>
    public void Execute<V>(int item)
        where V : unmanaged, ILanes<V>
    {
        float scale = gate.Scale;
        if (scale == 0f) return;
        var weights = weight.As<V>();
        var velocities = velocity.As<V>();
        V w = weights[item];
        V g = V.MultiplyAdd(spec.WeightDecay, w, V.Multiply(V.Broadcast(scale), gradient.As<V>()[item]));
        V v = V.MultiplyAdd(spec.Momentum, velocities[item], g);
        V step = spec.Nesterov ? V.MultiplyAdd(spec.Momentum, v, g) : v;
        V moved = V.MultiplyAdd(-spec.LearningRate, step, w);
        weights[item] = moved;
        int begin = item * V.Count;
        bool finite = V.AreFinite(moved);
        if (begin + V.Count > count)
        {
            finite = true;
            for (int i = begin; i < count; i++) finite &= Finite.Is(weight[i]);
        }

        if (finite)
        {
            velocities[item] = v;
        }
        else
        {
            weights[item] = w;
            gate.Break();
        }
    }
}

/// <summary>The constants of a gradient step.</summary>
/// <param name="LearningRate">lr.</param>
/// <param name="Momentum">momentum; 0 for plain descent.</param>
/// <param name="WeightDecay">L2 penalty.</param>
/// <param name="Nesterov">Whether the step looks ahead.</param>
public readonly record struct SgdSpec(float LearningRate, float Momentum, float WeightDecay, Flag Nesterov);
