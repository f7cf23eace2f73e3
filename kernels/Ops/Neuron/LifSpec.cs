namespace Idsnn.Kernels.Ops;

/// <summary>
/// Sizes and constants that leaky integrate-and-fire neurons (Eq. 2–4) share, over [T, sites], and the arithmetic of one step with them.
/// The decay and the firing bound are arguments of that: a neuron may keep its own.
/// </summary>
/// <param name="Timesteps">T.</param>
/// <param name="Sites">Floats per time-step: N·H·W·C.</param>
/// <param name="Decay">e^(−1/τ).</param>
/// <param name="Threshold">U_th.</param>
/// <param name="Width">The surrogate's half width ("lens").</param>
/// <param name="SoftReset">Whether firing subtracts U_th from the membrane instead of emptying it.</param>
/// <param name="AttachReset">Whether gradients flow through the reset.</param>
public readonly record struct LifSpec(
    int Timesteps, int Sites, float Decay, float Threshold, float Width, Flag SoftReset, Flag AttachReset)
    : ILaunchSpec
{
    /// <inheritdoc/>
    public string Label => $"T={Timesteps} ×{Sites}";

    /// <summary>What is left of membrane u that fired f: decay · u · (1 − f), or decay · (u − U_th · f) with a soft reset.</summary>
    internal V Carry<V>(float decay, V u, V f)
        where V : unmanaged, ILanes<V> =>
        SoftReset
            ? V.Multiply(V.Broadcast(decay), V.MultiplyAdd(-Threshold, f, u))
            : V.Multiply(V.Broadcast(decay), V.Multiply(u, V.Subtract(V.Broadcast(1f), f)));

    /// <summary>
    /// dU(t) = (dF(t) + attached reset) · σ'(U(t) − U_th) + dU(t+1) · ∂U(t+1)/∂U(t) of a neuron that fires above
    /// <paramref name="bound"/>.
    /// </summary>
    internal V Back<V, TSurrogate>(float decay, float bound, V u, V dF, V later)
        where V : unmanaged, ILanes<V>
        where TSurrogate : struct, ISurrogate
    {
        V passed = V.Multiply(V.Broadcast(decay), later);
        if (AttachReset)
        {
            V reset = SoftReset ? V.Broadcast(Threshold) : u;
            dF = V.Subtract(dF, V.Multiply(passed, reset));
        }

        if (!SoftReset) passed = V.Multiply(passed, V.Subtract(V.Broadcast(1f), V.Above(u, bound)));
        V slope = V.Map(u, new Slope<TSurrogate>(this));
        return V.MultiplyAdd(dF, slope, passed);
    }

    private readonly struct Slope<TSurrogate>(LifSpec spec) : IScalarFunction
        where TSurrogate : struct, ISurrogate
    {
        public float Invoke(float x) => TSurrogate.Derivative(x - spec.Threshold, spec.Width);
    }
}
