using ILGPU;

namespace Idsnn.Kernels;

/// <summary>
/// Poisson (rate) encoding: spike with probability clamp(x, 0, 1) at every time-step, independently. Element i of the output draws
/// number i of the stream that (seed, offset) names, so the spikes depend on nothing else. One work-item: four elements. Reference:
/// PoissonReference.
/// </summary>
/// <param name="x">[sites], in [0, 1].</param>
/// <param name="spikes">[T, sites].</param>
/// <param name="sites">Floats per time-step.</param>
/// <param name="count">T · sites.</param>
/// <param name="seed">The generator's key.</param>
/// <param name="offset">
/// [1]: the upper half of its counter, a step number, so that each batch draws anew; on the device, so that a recorded launch can be
/// replayed with another.
/// </param>
public readonly struct PoissonEncode(
    ArrayView<float> x, ArrayView<float> spikes, int sites, int count, ulong seed, ArrayView<ulong> offset) : IKernel
{
    /// <inheritdoc/>
    public void Execute(int item)
    {
        var draws = Philox.Draw((uint)item, offset[0], seed);
        int at = item * 4;
        Fire(at, draws.X);
        Fire(at + 1, draws.Y);
        Fire(at + 2, draws.Z);
        Fire(at + 3, draws.W);
    }

    private void Fire(int at, uint draw)
    {
        if (at < count) spikes[at] = (draw >> 8) * (1f / (1 << 24)) < x[at % sites] ? 1f : 0f;
    }
}

/// <summary>number = value. One work-item in all.</summary>
/// <param name="number">[1].</param>
/// <param name="value">The value.</param>
public readonly struct SetNumber(ArrayView<ulong> number, ulong value) : IKernel
{
    /// <inheritdoc/>
    public void Execute(int item) => number[0] = value;
}

/// <summary>Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011): four words from a counter and a key.</summary>
public static class Philox
{
    /// <summary>The block of counter (index, offset) under <paramref name="key"/>.</summary>
    public static (uint X, uint Y, uint Z, uint W) Draw(uint index, ulong offset, ulong key) =>
        Block(index, 0, (uint)offset, (uint)(offset >> 32), key);

    /// <summary>The block of counter (x, y, z, w) under <paramref name="key"/>.</summary>
    public static (uint X, uint Y, uint Z, uint W) Block(uint x, uint y, uint z, uint w, ulong key)
    {
        uint k0 = (uint)key, k1 = (uint)(key >> 32);
        for (int round = 0; round < 10; round++)
        {
            ulong a = (ulong)x * 0xD2511F53u, b = (ulong)z * 0xCD9E8D57u;
            x = (uint)(b >> 32) ^ y ^ k0;
            z = (uint)(a >> 32) ^ w ^ k1;
            y = (uint)b;
            w = (uint)a;
            k0 += 0x9E3779B9u;
            k1 += 0xBB67AE85u;
        }

        return (x, y, z, w);
    }
}
