using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ILGPU;
using ILGPU.IR.Intrinsics;

namespace Idsnn.Kernels.Lanes;

/// <summary>Eight float lanes.</summary>
/// <param name="low">The lower half.</param>
/// <param name="high">The upper half.</param>
public readonly struct F8(F4 low, F4 high) : ILanes<F8>
{
    /// <summary>The lower half of the lanes.</summary>
    public readonly F4 Low = low;

    /// <summary>The upper half of the lanes.</summary>
    public readonly F4 High = high;

    /// <inheritdoc/>
    public static int Count => 8;

    /// <inheritdoc/>
    public static int TileRows => 8;

    private Vector256<float> Vector => Unsafe.BitCast<F8, Vector256<float>>(this);

    /// <inheritdoc/>
    public static F8 Broadcast(float value) => new(F4.Broadcast(value), F4.Broadcast(value));

    /// <inheritdoc/>
    [IntrinsicImplementation]
    public static F8 Add(F8 a, F8 b) => From(a.Vector + b.Vector);

    /// <inheritdoc/>
    [IntrinsicImplementation]
    public static F8 Subtract(F8 a, F8 b) => From(a.Vector - b.Vector);

    /// <inheritdoc/>
    [IntrinsicImplementation]
    public static F8 Multiply(F8 a, F8 b) => From(a.Vector * b.Vector);

    /// <inheritdoc/>
    [IntrinsicImplementation]
    public static F8 MultiplyAdd(F8 a, F8 b, F8 c) => From(Vector256.FusedMultiplyAdd(a.Vector, b.Vector, c.Vector));

    /// <inheritdoc/>
    [IntrinsicImplementation]
    public static F8 MultiplyAdd(float a, F8 b, F8 c) => From(Vector256.FusedMultiplyAdd(Vector256.Create(a), b.Vector, c.Vector));

    /// <inheritdoc/>
    [IntrinsicImplementation]
    public static F8 Above(F8 a, float threshold) =>
        From(
            Vector256.ConditionalSelect(
                Vector256.GreaterThan(a.Vector, Vector256.Create(threshold)), Vector256<float>.One, Vector256<float>.Zero));

    /// <inheritdoc/>
    [IntrinsicImplementation]
    public static bool AreFinite(F8 a) =>
        Vector256.LessThanAll(Vector256.Abs(a.Vector), Vector256.Create(float.PositiveInfinity));

    /// <inheritdoc/>
    public static F8 Gather(ArrayView<float> view, int start, int stride) =>
        new(F4.Gather(view, start, stride), F4.Gather(view, start + (4 * stride), stride));

    /// <inheritdoc/>
    public static void Scatter(F8 a, ArrayView<float> view, int start, int stride)
    {
        F4.Scatter(a.Low, view, start, stride);
        F4.Scatter(a.High, view, start + (4 * stride), stride);
    }

    /// <inheritdoc/>
    public static F8 FromBytes(ArrayView<byte> view, int start)
    {
        var bytes = view.SubView(start, 8);
        return new(F4.FromBytes(bytes, 0), F4.FromBytes(bytes, 4));
    }

    /// <inheritdoc/>
    [IntrinsicImplementation]
    public static void ToBytes(F8 a, ArrayView<byte> view, int start)
    {
        var integers = Vector256.ConvertToInt32(a.Vector);
        var shorts = Vector256.Narrow(integers, integers);
        var bytes = Vector256.Narrow(shorts, shorts);
        Unsafe.WriteUnaligned(ref view[start], bytes.AsUInt64().ToScalar());
    }

    /// <inheritdoc/>
    public static F8 Map<TFunction>(F8 a, TFunction function)
        where TFunction : struct, IScalarFunction =>
        new(F4.Map(a.Low, function), F4.Map(a.High, function));

    private static F8 From(Vector256<float> vector) => Unsafe.BitCast<Vector256<float>, F8>(vector);

    /// <summary>What a device compiler sees instead of the vector code above: the same arithmetic, lane by lane.</summary>
    internal static class OnDevice
    {
        public static F8 Add(F8 a, F8 b) => new(F4.OnDevice.Add(a.Low, b.Low), F4.OnDevice.Add(a.High, b.High));

        public static F8 Subtract(F8 a, F8 b) => new(F4.OnDevice.Subtract(a.Low, b.Low), F4.OnDevice.Subtract(a.High, b.High));

        public static F8 Multiply(F8 a, F8 b) => new(F4.OnDevice.Multiply(a.Low, b.Low), F4.OnDevice.Multiply(a.High, b.High));

        public static F8 MultiplyAdd(F8 a, F8 b, F8 c) =>
            new(F4.OnDevice.MultiplyAdd(a.Low, b.Low, c.Low), F4.OnDevice.MultiplyAdd(a.High, b.High, c.High));

        public static F8 MultiplyAdd(float a, F8 b, F8 c) =>
            new(F4.OnDevice.MultiplyAdd(a, b.Low, c.Low), F4.OnDevice.MultiplyAdd(a, b.High, c.High));

        public static F8 Above(F8 a, float threshold) => new(F4.OnDevice.Above(a.Low, threshold), F4.OnDevice.Above(a.High, threshold));

        public static bool AreFinite(F8 a) => F4.OnDevice.AreFinite(a.Low) & F4.OnDevice.AreFinite(a.High);

        public static void ToBytes(F8 a, ArrayView<byte> view, int start)
        {
            var bytes = view.SubView(start, 8);
            F4.ToBytes(a.Low, bytes, 0);
            F4.ToBytes(a.High, bytes, 4);
        }
    }
}
