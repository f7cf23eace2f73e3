namespace Idsnn.Kernels.Packed;

/// <summary>Four 32-bit words: eight bf16 numbers in memory, or a lane's share of a 16×16 operand.</summary>
/// <param name="x">Word 0.</param>
/// <param name="y">Word 1.</param>
/// <param name="z">Word 2.</param>
/// <param name="w">Word 3.</param>
public readonly struct U4(uint x, uint y, uint z, uint w)
{
    /// <summary>The words.</summary>
    public readonly uint X = x, Y = y, Z = z, W = w;
}
