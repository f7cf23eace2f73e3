using ILGPU;

namespace Idsnn.Kernels;

/// <summary>bf16, the upper half of a float32; two in a word, the first in the lower half.</summary>
public static class BFloat16
{
    /// <summary>The lower (0) or upper (1) number of a word.</summary>
    public static float Of(uint word, int half) => half == 0 ? Lower(word) : Upper(word);

    /// <summary>The lower number.</summary>
    public static float Lower(uint word) => Interop.IntAsFloat(word << 16);

    /// <summary>The upper number.</summary>
    public static float Upper(uint word) => Interop.IntAsFloat(word & 0xffff0000u);

    /// <summary>Two numbers, each rounded to the nearest, ties to even; not-a-numbers stay what they are.</summary>
    public static uint Pack(float lower, float upper) => (Round(lower) >> 16) | (Round(upper) & 0xffff0000u);

    private static uint Round(float value)
    {
        uint bits = Interop.FloatAsInt(value);

        // The carry must not turn a not-a-number into an infinity.
        bool finite = (bits & 0x7f800000u) != 0x7f800000u;
        return finite ? bits + 0x7fffu + ((bits >> 16) & 1u) : bits | ((bits & 0xffffu) == 0 ? 0u : 0x00400000u);
    }
}
