using ILGPU;

namespace Idsnn.Kernels.Ops;

/// <summary>
/// AdamW (Loshchilov and Hutter 2019) as PyTorch states it, in one pass: w ← w − lr·decay·w; m ← m + (1 − β₁)·(g − m);
/// v ← β₂·v + (1 − β₂)·g²; w ← w − lr·m̂/(√v̂ + ε), where m̂ and v̂ are m and v divided by 1 − βᵗ. dW is scaled by the gate, which may also
/// leave the step out. A lane group of which a w or a v would not be finite stays as it is, and the gate is told. One work-item: one lane
/// group. Reference: AdamWReference.
/// </summary>
/// <param name="weight">w, in place.</param>
/// <param name="first">m, in place; zeros before the first step.</param>
/// <param name="second">v, in place; zeros before the first step.</param>
/// <param name="gradient">dW.</param>
/// <param name="count">Elements; what follows them means nothing.</param>
/// <param name="clock">The learning rate and the step.</param>
/// <param name="gate">The gate.</param>
/// <param name="spec">The constants.</param>
public readonly struct AdamW(
    ArrayView<float> weight, ArrayView<float> first, ArrayView<float> second, ArrayView<float> gradient, int count, AdamWClock clock,
    GradientGate gate, AdamWSpec spec) : ILaneKernel
{
    /// <inheritdoc/>
    public void Execute<V>(int item)
        where V : unmanaged, ILanes<V>
    {
        float scale = gate.Scale;
        if (scale == 0f) return;
        var weights = weight.As<V>();
        var firsts = first.As<V>();
        var seconds = second.As<V>();
        V w = weights[item], m = firsts[item], v = seconds[item];
        V g = V.Multiply(V.Broadcast(scale), gradient.As<V>()[item]);
        V newM = V.MultiplyAdd(spec.FirstGain, V.Subtract(g, m), m);
        V newV = V.MultiplyAdd(spec.Beta2, v, V.Multiply(V.Broadcast(spec.SecondGain), V.Multiply(g, g)));
        V direction = V.Multiply(newM, V.Map(newV, new AdamWDivisor(clock.SecondCorrection, spec.Epsilon)));
        V moved = V.MultiplyAdd(-clock.StepSize, direction, V.MultiplyAdd(-clock.Rate * spec.WeightDecay, w, w));
        weights[item] = moved;
        seconds[item] = newV;
        int begin = item * V.Count;
        bool finite = V.AreFinite(moved) && V.AreFinite(newV);
        if (begin + V.Count > count)
        {
            finite = true;
            for (int i = begin; i < count; i++) finite &= Finite.Is(weight[i]) && Finite.Is(second[i]);
        }

        if (finite)
        {
            firsts[item] = newM;
        }
        else
        {
            weights[item] = w;
            seconds[item] = v;
            gate.Break();
        }
    }
}

/// <summary>The constants of an AdamW step.</summary>
/// <param name="FirstGain">1 − β₁.</param>
/// <param name="Beta2">β₂.</param>
/// <param name="SecondGain">1 − β₂.</param>
/// <param name="Epsilon">ε.</param>
/// <param name="WeightDecay">The share of lr·w that is taken off w, apart from the gradient.</param>
public readonly record struct AdamWSpec(float FirstGain, float Beta2, float SecondGain, float Epsilon, float WeightDecay);

/// <summary>v to 1/(√v·correction + ε).</summary>
internal readonly struct AdamWDivisor(float correction, float epsilon) : IScalarFunction
{
    public float Invoke(float v) => 1f / ((MathF.Sqrt(v) * correction) + epsilon);
}
