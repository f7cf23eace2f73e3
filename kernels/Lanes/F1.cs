using ILGPU;

namespace Idsnn.Kernels.Lanes;

/// <summary>One float: the lane type of extents that nothing wider divides.</summary>
/// <param name="value">The value.</param>
public readonly struct F1(float value) : ILanes<F1>
{
    /// <summary>The value.</summary>
    public readonly float Value = value;

    /// <inheritdoc/>
    public static int Count => 1;

    /// <inheritdoc/>
    public static int TileRows => 8;

    /// <inheritdoc/>
    public static F1 Broadcast(float value) => new(value);

    /// <inheritdoc/>
    public static F1 Add(F1 a, F1 b) => new(a.Value + b.Value);

    /// <inheritdoc/>
    public static F1 Subtract(F1 a, F1 b) => new(a.Value - b.Value);

    /// <inheritdoc/>
    public static F1 Multiply(F1 a, F1 b) => new(a.Value * b.Value);

    /// <inheritdoc/>
    public static F1 MultiplyAdd(F1 a, F1 b, F1 c) => new(Scalar.Fma(a.Value, b.Value, c.Value));

    /// <inheritdoc/>
    public static F1 MultiplyAdd(float a, F1 b, F1 c) => new(Scalar.Fma(a, b.Value, c.Value));

    /// <inheritdoc/>
    public static F1 Above(F1 a, float threshold) => new(a.Value > threshold ? 1f : 0f);

    /// <inheritdoc/>
    public static bool AreFinite(F1 a) => Finite.Is(a.Value);

    /// <inheritdoc/>
    public static F1 Gather(ArrayView<float> view, int start, int stride) => new(view[start]);

    /// <inheritdoc/>
    public static void Scatter(F1 a, ArrayView<float> view, int start, int stride) => view[start] = a.Value;

    /// <inheritdoc/>
    public static F1 FromBytes(ArrayView<byte> view, int start) => new(view[start]);

    /// <inheritdoc/>
    public static void ToBytes(F1 a, ArrayView<byte> view, int start) => view[start] = (byte)(int)a.Value;

    /// <inheritdoc/>
    public static F1 Map<TFunction>(F1 a, TFunction function)
        where TFunction : struct, IScalarFunction => new(function.Invoke(a.Value));
}
