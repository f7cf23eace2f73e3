namespace Idsnn.Kernels.Ops;

/// <summary>
/// Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011): four words from a counter and a key.
/// </summary>
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
