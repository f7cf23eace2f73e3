using ILGPU;

namespace Idsnn.Kernels.TensorCores;

/// <summary>
/// tf32, the upper 19 bits of a float32: its exponent and ten bits of its mantissa. Memory holds float32, which is rounded on its way to
/// the tensor cores, but for packed weights, which are rounded already. Tensor cores: mma.m16n8k8.
/// </summary>
public readonly struct Tf32 : IOperand
{
    /// <summary>What tensor cores read of a word.</summary>
    public const uint Mask = 0xffffe000u;

    /// <inheritdoc/>
    public static int PerWord => 1;

    /// <inheritdoc/>
    public static Arithmetic Arithmetic => Arithmetic.Tf32;

    /// <summary>
    /// A number rounded to the nearest, ties away from zero, as cvt.rna.tf32.f32 rounds it; not-a-numbers stay what they are.
    /// </summary>
    /// <returns>A float32's bits, the lowest 13 zero.</returns>
    public static uint Round(float value)
    {
        uint bits = Interop.FloatAsInt(value);

        // The carry must not turn a not-a-number into a zero.
        bool finite = (bits & 0x7f800000u) != 0x7f800000u;
        return (finite ? bits + 0x1000u : bits | ((bits & ~Mask) == 0 ? 0u : 0x00400000u)) & Mask;
    }

    /// <inheritdoc/>
    public static uint Pack(float lower, float upper) => Round(lower);

    /// <inheritdoc/>
    public static void Store(ArrayView<uint> y, int index, float left, float right)
    {
        y[index] = Interop.FloatAsInt(left);
        y[index + 1] = Interop.FloatAsInt(right);
    }

    /// <inheritdoc/>
    public static U4 Rounded<TWarp>(TWarp warp, U4 words)
        where TWarp : struct, IWarp<TWarp> =>
        new(warp.RoundToTf32(words.X), warp.RoundToTf32(words.Y), warp.RoundToTf32(words.Z), warp.RoundToTf32(words.W));

    /// <inheritdoc/>
    public static int Place(int row, int chunk, int rowBytes) => SharedLayout.Columns32(row, chunk, rowBytes);

    // ldmatrix transposes 16-bit elements alone, so words are read one by one: row lane / 4 and the one eight further, of columns
    // lane mod 4 and the one four further.

    /// <inheritdoc/>
    public static U4 LoadLeft<TWarp>(TWarp warp, int start, int rowBytes, int firstRow, int step, int lane)
        where TWarp : struct, IWarp<TWarp>
    {
        int row = firstRow + (lane >> 2), column = (8 * step) + (lane & 3);
        return Rounded(warp, new U4(
            Word(warp, start, rowBytes, column, row), Word(warp, start, rowBytes, column, row + 8),
            Word(warp, start, rowBytes, column + 4, row), Word(warp, start, rowBytes, column + 4, row + 8)));
    }

    /// <inheritdoc/>
    public static U4 LoadRight<TWarp>(TWarp warp, int start, int rowBytes, int firstColumn, int step, int lane)
        where TWarp : struct, IWarp<TWarp>
    {
        int row = (8 * step) + (lane & 3), column = firstColumn + (lane >> 2);
        return Rounded(warp, new U4(
            Word(warp, start, rowBytes, row, column), Word(warp, start, rowBytes, row + 4, column),
            Word(warp, start, rowBytes, row, column + 8), Word(warp, start, rowBytes, row + 4, column + 8)));
    }

    /// <inheritdoc/>
    public static F4 MultiplyAdd(F4 c, U4 a, uint b0, uint b1) => TensorInstructions.MultiplyAddTf32(c, a, b0, b1);

    /// <inheritdoc/>
    public static float AddProducts(float sum, uint left, uint right) =>
        sum + (Interop.IntAsFloat(left & Mask) * Interop.IntAsFloat(right & Mask));

    /// <summary>Byte <paramref name="index"/> (0 … 3) of a word as a number, which is exact.</summary>
    internal static uint OfByte(uint word, int index)
    {
        // In the mantissa of 2^23 a byte counts as itself; conversions of integers are slower than a subtraction.
        float shifted = Interop.IntAsFloat(((word >> (8 * index)) & 0xffu) | 0x4b000000u);
        return Interop.FloatAsInt(shifted - 8388608f);
    }

    private static uint Word<TWarp>(TWarp warp, int start, int rowBytes, int stored, int element)
        where TWarp : struct, IWarp<TWarp> =>
        warp.LoadWord(start + Place(stored, element >> 2, rowBytes) + ((element & 3) * sizeof(uint)));
}
