namespace Idsnn.Engine;

public static partial class Ops
{
    /// <summary>
    /// Poisson (rate) encoding: at each time-step each element spikes with the probability it holds, clamped to [0, 1]. The draws are
    /// a function of (seed, number, element); no gradient flows.
    /// </summary>
    /// <param name="x">[N, …].</param>
    /// <param name="timesteps">T.</param>
    /// <param name="seed">The generator's key.</param>
    /// <param name="number">Which batch this is, so that each draws anew; null for number 0.</param>
    /// <returns>[T·N, …], 0 or 1.</returns>
    public static Tensor Poisson(Tensor x, int timesteps, ulong seed, DrawNumber? number = null)
    {
        Require.That(timesteps >= 1, $"Poisson: the number of time-steps must be at least 1, got {timesteps}");
        Require.OneDevice("Poisson", x.Device, number?.Device);
        var spikes = Tensor.Empty(x.Device, [timesteps * x.Shape[0], .. x.Shape[1..]]);
        int count = spikes.Shape.Size;
        var offset = number?.View ?? x.Device.Zeros(sizeof(ulong) / sizeof(float)).Cast<ulong>();
        x.Device.Launcher.Run(new PoissonEncode(x.View, spikes.View, x.Shape.Size, count, seed, offset), (count + 3) / 4);
        return spikes;
    }
}
