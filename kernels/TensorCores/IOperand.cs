using ILGPU;

namespace Idsnn.Kernels.TensorCores;

/// <summary>
/// The numbers that tensor cores multiply, and how they lie in memory and in fragments. One mma.sync goes eight words deep, whatever they
/// hold: 16 bf16 or 8 tf32, and a lane has the same words of it.
/// </summary>
public interface IOperand
{
    /// <summary>Numbers in a word.</summary>
    static abstract int PerWord { get; }

    /// <summary>What multiplies them.</summary>
    static abstract Arithmetic Arithmetic { get; }

    /// <summary>The numbers of a word, rounded; where it holds one, that is both.</summary>
    static abstract uint Pack(float lower, float upper);

    /// <summary>Stores two neighbouring results, the first at element <paramref name="index"/>, which is even.</summary>
    static abstract void Store(ArrayView<uint> y, int index, float left, float right);

    /// <summary>A fragment of numbers as memory holds them, ready to be multiplied.</summary>
    static abstract U4 Rounded<TWarp>(TWarp warp, U4 words)
        where TWarp : struct, IWarp<TWarp>;

    /// <summary>Where a 16-byte chunk of an operand to be transposed lies in shared memory; rows of 128 bytes or a multiple.</summary>
    static abstract int Place(int row, int chunk, int rowBytes);

    /// <summary>16 rows × one step of a left operand stored column by column: each of its columns is a stored row.</summary>
    static abstract U4 LoadLeft<TWarp>(TWarp warp, int start, int rowBytes, int firstRow, int step, int lane)
        where TWarp : struct, IWarp<TWarp>;

    /// <summary>One step × 16 columns of a right operand stored row by row.</summary>
    static abstract U4 LoadRight<TWarp>(TWarp warp, int start, int rowBytes, int firstColumn, int step, int lane)
        where TWarp : struct, IWarp<TWarp>;

    /// <summary>The instruction: 16 rows × 8 columns.</summary>
    static abstract F4 MultiplyAdd(F4 c, U4 a, uint b0, uint b1);

    /// <summary>The same of two words in plain code: their numbers' products, added to a sum.</summary>
    static abstract float AddProducts(float sum, uint left, uint right);
}
