namespace Idsnn.Engine;

/// <summary>Random numbers on the host that are a function of their place: the device's generator, without state.</summary>
public static class HostPhilox
{
    /// <summary>Number <paramref name="index"/> of a stream, in [0, 1).</summary>
    /// <param name="seed">The key.</param>
    /// <param name="stream">The stream under it.</param>
    /// <param name="index">The place in the stream.</param>
    public static float Uniform(ulong seed, ulong stream, uint index) => (Philox.Draw(index, stream, seed).X >> 8) * (1f / (1 << 24));
}
