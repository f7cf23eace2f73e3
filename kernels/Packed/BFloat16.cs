using ILGPU;

namespace Idsnn.Kernels.Packed;

/// <summary>bf16, the upper half of a float32; two in a word, the first in the lower half. Tensor cores: mma.m16n8k16.</summary>
public readonly struct BFloat16 : IOperand
{
    /// <inheritdoc/>
    public static int PerWord => 2;

    /// <inheritdoc/>
    public static Arithmetic Arithmetic => Arithmetic.BFloat16;

    /// <summary>The lower number.</summary>
    public static float Lower(uint word) => Interop.IntAsFloat(word << 16);

    /// <summary>The upper number.</summary>
    public static float Upper(uint word) => Interop.IntAsFloat(word & 0xffff0000u);

    /// <summary>Two numbers, each rounded to the nearest, ties to even; not-a-numbers stay what they are.</summary>
    public static uint Pack(float lower, float upper) => (Round(lower) >> 16) | (Round(upper) & 0xffff0000u);

    /// <inheritdoc/>
    public static void Store(ArrayView<uint> y, int index, float left, float right) => y[index >> 1] = Pack(left, right);

    /// <inheritdoc/>
    public static U4 Rounded<TWarp>(TWarp warp, U4 words)
        where TWarp : struct, IWarp<TWarp> => words;

    /// <inheritdoc/>
    public static int Place(int row, int chunk, int rowBytes) => SharedLayout.Rows128(row, chunk, rowBytes);

    /// <inheritdoc/>
    public static U4 LoadLeft<TWarp>(TWarp warp, int start, int rowBytes, int firstRow, int step, int lane)
        where TWarp : struct, IWarp<TWarp> => warp.LoadTransposed(new LeftTransposed(start, rowBytes, firstRow, step));

    /// <inheritdoc/>
    public static U4 LoadRight<TWarp>(TWarp warp, int start, int rowBytes, int firstColumn, int step, int lane)
        where TWarp : struct, IWarp<TWarp> => warp.LoadTransposed(new RightTransposed(start, rowBytes, firstColumn, step));

    /// <inheritdoc/>
    public static F4 MultiplyAdd(F4 c, U4 a, uint b0, uint b1) => TensorInstructions.MultiplyAddBFloat16(c, a, b0, b1);

    /// <inheritdoc/>
    public static float AddProducts(float sum, uint left, uint right) =>
        sum + (Lower(left) * Lower(right)) + (Upper(left) * Upper(right));

    private static uint Round(float value)
    {
        uint bits = Interop.FloatAsInt(value);

        // The carry must not turn a not-a-number into an infinity.
        bool finite = (bits & 0x7f800000u) != 0x7f800000u;
        return finite ? bits + 0x7fffu + ((bits >> 16) & 1u) : bits | ((bits & 0xffffu) == 0 ? 0u : 0x00400000u);
    }
}
