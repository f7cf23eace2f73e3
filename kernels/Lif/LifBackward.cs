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

        V later = V.Broadcast(0f), one = V.Broadcast(1f), decay = V.Broadcast(spec.Decay);
        for (int t = spec.Timesteps - 1; t >= 0; t--)
        {
            at -= groups;
            V u = target[at];
            V passed = V.Multiply(decay, later);
            V dF = gradient[at];
            if (spec.AttachReset)
            {
                V reset = spec.SoftReset ? V.Broadcast(spec.Threshold) : u;
                dF = V.Subtract(dF, V.Multiply(passed, reset));
            }

            if (!spec.SoftReset) passed = V.Multiply(passed, V.Subtract(one, V.Above(u, spec.Threshold)));
            V slope = V.Map(u, new Slope(spec));
            later = V.MultiplyAdd(dF, slope, passed);
            target[at] = later;
        }
    }

    private readonly struct Slope(LifSpec spec) : IScalarFunction
    {
        public float Invoke(float x) => TSurrogate.Derivative(x - spec.Threshold, spec.Width);
    }
}
