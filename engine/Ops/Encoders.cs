using Idsnn.Kernels;

namespace Idsnn.Engine;

public static partial class Ops
{
    /// <summary>
    /// Poisson (rate) encoding: at each time-step each element spikes with the probability it holds, clamped to [0, 1]. The draws are
    /// a function of (seed, offset, element); no gradient flows.
    /// </summary>
    /// <param name="x">[N, …].</param>
    /// <param name="timesteps">T.</param>
    /// <param name="seed">The generator's key.</param>
    /// <param name="offset">Which batch this is, so that each draws anew.</param>
    /// <returns>[T·N, …], 0 or 1.</returns>
    public static Tensor Poisson(Tensor x, int timesteps, ulong seed, ulong offset)
    {
        Require.That(timesteps >= 1, $"Poisson: the number of time-steps must be at least 1, got {timesteps}");
        var spikes = Tensor.Empty(x.Device, [timesteps * x.Shape[0], .. x.Shape[1..]]);
        int count = spikes.Shape.Size;
        x.Device.Launcher.Run(new PoissonEncode(x.View, spikes.View, x.Shape.Size, count, seed, offset), (count + 3) / 4);
        return spikes;
    }
}
