using ILGPU;

namespace Idsnn.Kernels.Ops;

/// <summary>Whether a number is finite, by its bits: compilers may take a comparison of not-a-number either way.</summary>
internal static class Finite
{
    private const uint Exponent = 0x7F800000u;

    /// <summary>Whether x is finite.</summary>
    public static bool Is(float x) => (Interop.FloatAsInt(x) & Exponent) != Exponent;
}
