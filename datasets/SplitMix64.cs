using System.Numerics;

namespace Idsnn.Datasets;

/// <summary>
/// Random numbers that are a pure function of (seed, stream, how many were drawn before). Unlike System.Random, whose
/// algorithm may change between runtimes, this one is a contract: data made from a seed stay the same.
/// </summary>
/// <remarks>SplitMix64 (Steele, Lea, Flood 2014); the stream's words are hashed into its starting point.</remarks>
internal struct SplitMix64
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    private ulong state;

    /// <summary>Starts the stream named by <paramref name="stream"/>, for example purpose, epoch and sample.</summary>
    public SplitMix64(ulong seed, params ReadOnlySpan<ulong> stream)
    {
        state = Mix(seed + Golden);
        foreach (ulong word in stream) state = Mix(state + Golden + word);
    }

    /// <summary>64 random bits.</summary>
    public ulong NextBits() => Mix(state += Golden);

    /// <summary>An integer in [0, n); the bias of n / 2^64 is far below what any data set can show.</summary>
    public int Next(int n) => (int)Math.BigMul(NextBits(), (ulong)n, out _);

    /// <summary>A float in [0, 1), a multiple of 2^-24.</summary>
    public float NextFloat() => (NextBits() >> 40) * (1f / (1 << 24));

    /// <summary>A float in [low, high).</summary>
    public float Between(float low, float high) => low + (high - low) * NextFloat();

    /// <summary>Three floats in [low, high).</summary>
    public Vector3 Between3(float low, float high) => new(Between(low, high), Between(low, high), Between(low, high));

    /// <summary>Puts items into random order (Fisher–Yates).</summary>
    public void Shuffle(int[] items)
    {
        for (int last = items.Length - 1; last > 0; last--)
        {
            int other = Next(last + 1);
            (items[last], items[other]) = (items[other], items[last]);
        }
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
