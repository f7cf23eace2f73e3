using ILGPU;

namespace Idsnn.Kernels;

/// <summary>
/// Back-propagation through time of <see cref="LifForward"/>. The membranes are computed again from the input (into dX, which is then
/// overwritten), t ascending; then, t descending,
/// dU(t) = (dF(t) + attached reset) · σ'(U(t) − U_th) + dU(t+1) · ∂U(t+1)/∂U(t), and dX(t) = dU(t).
/// One work-item: one lane group of sites. Reference: LifReference.Backward.
/// </summary>
/// <typeparam name="TSurrogate">The surrogate σ'.</typeparam>
/// <param name="x">[T, sites].</param>
/// <param name="dSpikes">[T, sites].</param>
/// <param name="dx">[T, sites].</param>
/// <param name="spec">The neuron.</param>
public readonly struct LifBackward<TSurrogate>(ArrayView<float> x, ArrayView<float> dSpikes, ArrayView<float> dx, LifSpec spec)
    : ILaneKernel
    where TSurrogate : struct, ISurrogate
{
    /// <inheritdoc/>
    public void Execute<V>(int item)
        where V : unmanaged, ILanes<V>
    {
        int groups = spec.Sites / V.Count;
        var current = x.As<V>();
        var gradient = dSpikes.As<V>();
        var target = dx.As<V>();
        int at = item;
        V carry = V.Broadcast(0f);
        for (int t = 0; t < spec.Timesteps; t++, at += groups)
        {
            V u = V.Add(carry, current[at]);
            target[at] = u;
            carry = spec.Carry(u, V.Above(u, spec.Threshold));
        }

        V later = V.Broadcast(0f);
        for (int t = spec.Timesteps - 1; t >= 0; t--)
        {
            at -= groups;
            later = LifStep.Back<V, TSurrogate>(spec, target[at], gradient[at], later);
            target[at] = later;
        }
    }
}

/// <summary>One time-step of back-propagation through a neuron.</summary>
internal static class LifStep
{
    /// <summary>dU(t) from the membrane U(t), the spike's gradient dF(t) and dU(t+1).</summary>
    public static V Back<V, TSurrogate>(in LifSpec spec, V u, V dF, V later)
        where V : unmanaged, ILanes<V>
        where TSurrogate : struct, ISurrogate
    {
        V passed = V.Multiply(V.Broadcast(spec.Decay), later);
        if (spec.AttachReset)
        {
            V reset = spec.SoftReset ? V.Broadcast(spec.Threshold) : u;
            dF = V.Subtract(dF, V.Multiply(passed, reset));
        }

        if (!spec.SoftReset) passed = V.Multiply(passed, V.Subtract(V.Broadcast(1f), V.Above(u, spec.Threshold)));
        V slope = V.Map(u, new Slope<TSurrogate>(spec));
        return V.MultiplyAdd(dF, slope, passed);
    }

    private readonly struct Slope<TSurrogate>(LifSpec spec) : IScalarFunction
        where TSurrogate : struct, ISurrogate
    {
        public float Invoke(float x) => TSurrogate.Derivative(x - spec.Threshold, spec.Width);
    }
}
