using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ILGPU;
using ILGPU.IR.Intrinsics;

namespace Idsnn.Kernels.Lanes;

/// <summary>Sixteen float lanes.</summary>
/// <param name="low">The lower half.</param>
/// <param name="high">The upper half.</param>
public readonly struct F16(F8 low, F8 high) : ILanes<F16>
{
    /// <summary>The lower half of the lanes.</summary>
    public readonly F8 Low = low;

    /// <summary>The upper half of the lanes.</summary>
    public readonly F8 High = high;

    /// <inheritdoc/>
    public static int Count => 16;

    /// <inheritdoc/>
    public static int TileRows => 8;

    private Vector512<float> Vector => Unsafe.BitCast<F16, Vector512<float>>(this);

    /// <inheritdoc/>
    public static F16 Broadcast(float value) => new(F8.Broadcast(value), F8.Broadcast(value));

    /// <inheritdoc/>
    [IntrinsicImplementation]
    public static F16 Add(F16 a, F16 b) => From(a.Vector + b.Vector);

    /// <inheritdoc/>
    [IntrinsicImplementation]
    public static F16 Subtract(F16 a, F16 b) => From(a.Vector - b.Vector);

    /// <inheritdoc/>
    [IntrinsicImplementation]
    public static F16 Multiply(F16 a, F16 b) => From(a.Vector * b.Vector);

    /// <inheritdoc/>
    [IntrinsicImplementation]
    public static F16 MultiplyAdd(F16 a, F16 b, F16 c) => From(Vector512.FusedMultiplyAdd(a.Vector, b.Vector, c.Vector));

    /// <inheritdoc/>
    [IntrinsicImplementation]
    public static F16 MultiplyAdd(float a, F16 b, F16 c) => From(Vector512.FusedMultiplyAdd(Vector512.Create(a), b.Vector, c.Vector));

    /// <inheritdoc/>
    [IntrinsicImplementation]
    public static F16 Above(F16 a, float threshold) =>
        From(
            Vector512.ConditionalSelect(
                Vector512.GreaterThan(a.Vector, Vector512.Create(threshold)), Vector512<float>.One, Vector512<float>.Zero));

    /// <inheritdoc/>
    [IntrinsicImplementation]
    public static bool AreFinite(F16 a) =>
        Vector512.LessThanAll(Vector512.Abs(a.Vector), Vector512.Create(float.PositiveInfinity));

    /// <inheritdoc/>
    public static F16 Gather(ArrayView<float> view, int start, int stride) =>
        new(F8.Gather(view, start, stride), F8.Gather(view, start + (8 * stride), stride));

    /// <inheritdoc/>
    public static void Scatter(F16 a, ArrayView<float> view, int start, int stride)
    {
        F8.Scatter(a.Low, view, start, stride);
        F8.Scatter(a.High, view, start + (8 * stride), stride);
    }

    /// <inheritdoc/>
    public static F16 FromBytes(ArrayView<byte> view, int start)
    {
        var bytes = view.SubView(start, 16);
        return new(F8.FromBytes(bytes, 0), F8.FromBytes(bytes, 8));
    }

    /// <inheritdoc/>
    [IntrinsicImplementation]
    public static void ToBytes(F16 a, ArrayView<byte> view, int start)
    {
        var integers = Vector512.ConvertToInt32(a.Vector);
        var shorts = Vector512.Narrow(integers, integers);
        var bytes = Vector512.Narrow(shorts, shorts);
        Unsafe.WriteUnaligned(ref view[start], bytes.GetLower().GetLower());
    }

    /// <inheritdoc/>
    public static F16 Map<TFunction>(F16 a, TFunction function)
        where TFunction : struct, IScalarFunction =>
        new(F8.Map(a.Low, function), F8.Map(a.High, function));

    private static F16 From(Vector512<float> vector) => Unsafe.BitCast<Vector512<float>, F16>(vector);

    /// <summary>What a device compiler sees instead of the vector code above: the same arithmetic, lane by lane.</summary>
    internal static class OnDevice
    {
        public static F16 Add(F16 a, F16 b) => new(F8.OnDevice.Add(a.Low, b.Low), F8.OnDevice.Add(a.High, b.High));

        public static F16 Subtract(F16 a, F16 b) => new(F8.OnDevice.Subtract(a.Low, b.Low), F8.OnDevice.Subtract(a.High, b.High));

        public static F16 Multiply(F16 a, F16 b) => new(F8.OnDevice.Multiply(a.Low, b.Low), F8.OnDevice.Multiply(a.High, b.High));

        public static F16 MultiplyAdd(F16 a, F16 b, F16 c) =>
            new(F8.OnDevice.MultiplyAdd(a.Low, b.Low, c.Low), F8.OnDevice.MultiplyAdd(a.High, b.High, c.High));

        public static F16 MultiplyAdd(float a, F16 b, F16 c) =>
            new(F8.OnDevice.MultiplyAdd(a, b.Low, c.Low), F8.OnDevice.MultiplyAdd(a, b.High, c.High));

        public static F16 Above(F16 a, float threshold) => new(F8.OnDevice.Above(a.Low, threshold), F8.OnDevice.Above(a.High, threshold));

        public static bool AreFinite(F16 a) => F8.OnDevice.AreFinite(a.Low) & F8.OnDevice.AreFinite(a.High);

        public static void ToBytes(F16 a, ArrayView<byte> view, int start)
        {
            var bytes = view.SubView(start, 16);
            F8.OnDevice.ToBytes(a.Low, bytes, 0);
            F8.OnDevice.ToBytes(a.High, bytes, 8);
        }
    }
}
