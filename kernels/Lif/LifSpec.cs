namespace Idsnn.Kernels;

/// <summary>The constants of a leaky integrate-and-fire neuron (Eq. 2–4) over [T, sites].</summary>
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
    internal V Carry<V>(V u, V f)
        where V : unmanaged, ILanes<V> =>
        SoftReset
            ? V.Multiply(V.Broadcast(Decay), V.MultiplyAdd(-Threshold, f, u))
            : V.Multiply(V.Broadcast(Decay), V.Multiply(u, V.Subtract(V.Broadcast(1f), f)));
}
