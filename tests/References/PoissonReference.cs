namespace Idsnn.Tests;

/// <summary>Poisson encoding with Philox4x32-10 written out from the paper (Salmon et al. 2011, section 3.3).</summary>
internal static class PoissonReference
{
    /// <summary>Spikes [T, sites]: element i takes word i mod 4 of block i / 4.</summary>
    public static float[] Encode(float[] x, int timesteps, ulong seed, ulong offset)
    {
        float[] spikes = new float[timesteps * x.Length];
        for (int i = 0; i < spikes.Length; i++)
        {
            uint[] block = Philox([(uint)(i / 4), 0, (uint)offset, (uint)(offset >> 32)], [(uint)seed, (uint)(seed >> 32)]);
            double uniform = (block[i % 4] >> 8) / 16777216.0;
            spikes[i] = uniform < x[i % x.Length] ? 1 : 0;
        }

        return spikes;
    }

    private static uint[] Philox(uint[] counter, uint[] key)
    {
        for (uint round = 0; round < 10; round++)
        {
            ulong left = Math.BigMul(counter[0], 0xD2511F53u), right = Math.BigMul(counter[2], 0xCD9E8D57u);
            uint k0 = key[0] + (round * 0x9E3779B9u), k1 = key[1] + (round * 0xBB67AE85u);
            counter = [(uint)(right >> 32) ^ counter[1] ^ k0, (uint)right, (uint)(left >> 32) ^ counter[3] ^ k1, (uint)left];
        }

        return counter;
    }
}
