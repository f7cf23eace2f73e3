using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ILGPU;
using ILGPU.IR.Intrinsics;

namespace Idsnn.Kernels.Lanes;

/// <summary>Four float lanes.</summary>
/// <param name="x">Lane 0.</param>
/// <param name="y">Lane 1.</param>
/// <param name="z">Lane 2.</param>
/// <param name="w">Lane 3.</param>
public readonly struct F4(float x, float y, float z, float w) : ILanes<F4>
{
    /// <summary>The lanes.</summary>
    public readonly float X = x, Y = y, Z = z, W = w;

    /// <inheritdoc/>
    public static int Count => 4;

    /// <inheritdoc/>
    public static int TileRows => 8;

    private Vector128<float> Vector => Unsafe.BitCast<F4, Vector128<float>>(this);

    /// <inheritdoc/>
    public static F4 Broadcast(float value) => new(value, value, value, value);

    /// <inheritdoc/>
    [IntrinsicImplementation]
    public static F4 Add(F4 a, F4 b) => From(a.Vector + b.Vector);

    /// <inheritdoc/>
    [IntrinsicImplementation]
    public static F4 Subtract(F4 a, F4 b) => From(a.Vector - b.Vector);

    /// <inheritdoc/>
    [IntrinsicImplementation]
    public static F4 Multiply(F4 a, F4 b) => From(a.Vector * b.Vector);

    /// <inheritdoc/>
    [IntrinsicImplementation]
    public static F4 MultiplyAdd(F4 a, F4 b, F4 c) => From(Vector128.FusedMultiplyAdd(a.Vector, b.Vector, c.Vector));

    /// <inheritdoc/>
    [IntrinsicImplementation]
    public static F4 MultiplyAdd(float a, F4 b, F4 c) => From(Vector128.FusedMultiplyAdd(Vector128.Create(a), b.Vector, c.Vector));

    /// <inheritdoc/>
    [IntrinsicImplementation]
    public static F4 Above(F4 a, float threshold) =>
        From(
            Vector128.ConditionalSelect(
                Vector128.GreaterThan(a.Vector, Vector128.Create(threshold)), Vector128<float>.One, Vector128<float>.Zero));

    /// <inheritdoc/>
    [IntrinsicImplementation]
    public static bool AreFinite(F4 a) =>
        Vector128.LessThanAll(Vector128.Abs(a.Vector), Vector128.Create(float.PositiveInfinity));

    /// <inheritdoc/>
    public static F4 Gather(ArrayView<float> view, int start, int stride) =>
        new(view[start], view[start + stride], view[start + (2 * stride)], view[start + (3 * stride)]);

    /// <inheritdoc/>
    public static void Scatter(F4 a, ArrayView<float> view, int start, int stride)
    {
        view[start] = a.X;
        view[start + stride] = a.Y;
        view[start + (2 * stride)] = a.Z;
        view[start + (3 * stride)] = a.W;
    }

    /// <inheritdoc/>
    public static F4 FromBytes(ArrayView<byte> view, int start)
    {
        // Constant offsets from one address are what compilers join into one load.
        var bytes = view.SubView(start, 4);
        return new(bytes[0], bytes[1], bytes[2], bytes[3]);
    }

    /// <inheritdoc/>
    public static void ToBytes(F4 a, ArrayView<byte> view, int start)
    {
        var bytes = view.SubView(start, 4);
        bytes[0] = (byte)(int)a.X;
        bytes[1] = (byte)(int)a.Y;
        bytes[2] = (byte)(int)a.Z;
        bytes[3] = (byte)(int)a.W;
    }

    /// <inheritdoc/>
    public static F4 Map<TFunction>(F4 a, TFunction function)
        where TFunction : struct, IScalarFunction =>
        new(function.Invoke(a.X), function.Invoke(a.Y), function.Invoke(a.Z), function.Invoke(a.W));

    private static F4 From(Vector128<float> vector) => Unsafe.BitCast<Vector128<float>, F4>(vector);

    /// <summary>What a device compiler sees instead of the vector code above: the same arithmetic, lane by lane.</summary>
    internal static class OnDevice
    {
        public static F4 Add(F4 a, F4 b) => new(a.X + b.X, a.Y + b.Y, a.Z + b.Z, a.W + b.W);

        public static F4 Subtract(F4 a, F4 b) => new(a.X - b.X, a.Y - b.Y, a.Z - b.Z, a.W - b.W);

        public static F4 Multiply(F4 a, F4 b) => new(a.X * b.X, a.Y * b.Y, a.Z * b.Z, a.W * b.W);

        public static F4 MultiplyAdd(F4 a, F4 b, F4 c) =>
            new(Scalar.Fma(a.X, b.X, c.X), Scalar.Fma(a.Y, b.Y, c.Y), Scalar.Fma(a.Z, b.Z, c.Z), Scalar.Fma(a.W, b.W, c.W));

        public static F4 MultiplyAdd(float a, F4 b, F4 c) =>
            new(Scalar.Fma(a, b.X, c.X), Scalar.Fma(a, b.Y, c.Y), Scalar.Fma(a, b.Z, c.Z), Scalar.Fma(a, b.W, c.W));

        public static F4 Above(F4 a, float threshold) =>
            new(a.X > threshold ? 1f : 0f, a.Y > threshold ? 1f : 0f, a.Z > threshold ? 1f : 0f, a.W > threshold ? 1f : 0f);

        public static bool AreFinite(F4 a) => Finite.Is(a.X) & Finite.Is(a.Y) & Finite.Is(a.Z) & Finite.Is(a.W);
    }
}
