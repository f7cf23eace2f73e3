using ILGPU;

namespace Idsnn.Kernels.Lanes;

/// <summary>
/// A fixed number of float32 lanes that a kernel treats as one value. Kernels are written once over <typeparamref name="TSelf"/>;
/// the launch plan picks the widest one that divides the extent it walks along.
/// </summary>
/// <remarks>
/// The lane types nest (<see cref="F16"/> is two <see cref="F8"/>, …) down to scalars, which on CUDA become registers. OpenCL has vectors
/// for them (<see cref="OpenClLanes"/>), and on ILGPU's CPU accelerator the arithmetic below runs on .NET's: see
/// <see cref="LaneIntrinsics"/>.
/// </remarks>
/// <typeparam name="TSelf">The lane type itself.</typeparam>
public interface ILanes<TSelf>
    where TSelf : unmanaged, ILanes<TSelf>
{
    /// <summary>The number of floats.</summary>
    static abstract int Count { get; }

    /// <summary>Rows of a register tile whose columns these lanes are: its sums and operands have to fit in the vector registers.</summary>
    static abstract int TileRows { get; }

    /// <summary>All lanes set to <paramref name="value"/>.</summary>
    static abstract TSelf Broadcast(float value);

    /// <summary>a + b.</summary>
    static abstract TSelf Add(TSelf a, TSelf b);

    /// <summary>a − b.</summary>
    static abstract TSelf Subtract(TSelf a, TSelf b);

    /// <summary>a · b.</summary>
    static abstract TSelf Multiply(TSelf a, TSelf b);

    /// <summary>a · b + c, rounded once.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    /// <summary>a · b + c for a scalar a, rounded once.</summary>
    static abstract TSelf MultiplyAdd(float a, TSelf b, TSelf c);

    /// <summary>1 where the lane is strictly above the threshold, else 0 (Eq. 3).</summary>
    static abstract TSelf Above(TSelf a, float threshold);

    /// <summary>Whether no lane is infinite or not-a-number.</summary>
    static abstract bool AreFinite(TSelf a);

    /// <summary>Lane i from view[start + i·stride].</summary>
    static abstract TSelf Gather(ArrayView<float> view, int start, int stride);

    /// <summary>Lane i to view[start + i·stride].</summary>
    static abstract void Scatter(TSelf a, ArrayView<float> view, int start, int stride);

    /// <summary>Lanes from as many neighbouring bytes; the start is a multiple of the lane count.</summary>
    static abstract TSelf FromBytes(ArrayView<byte> view, int start);

    /// <summary>Lanes, whole numbers from 0 to 255, to as many neighbouring bytes; the start is a multiple of the lane count.</summary>
    static abstract void ToBytes(TSelf a, ArrayView<byte> view, int start);

    /// <summary>A scalar function applied to every lane.</summary>
    static abstract TSelf Map<TFunction>(TSelf a, TFunction function)
        where TFunction : struct, IScalarFunction;
}

/// <summary>A scalar function that <see cref="ILanes{TSelf}.Map"/> applies lane by lane.</summary>
public interface IScalarFunction
{
    /// <summary>The function's value at <paramref name="x"/>.</summary>
    float Invoke(float x);
}
