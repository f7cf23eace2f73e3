using ILGPU;

namespace Idsnn.Kernels.Profiling;

/// <summary>
/// The device's arithmetic peak: <see cref="Rounds"/> × <see cref="Chains"/> independent multiply-adds per work-item. One work-item:
/// one lane group. Twelve chains hide the latency of two pipes and stay, with both operands, in the sixteen registers of AVX2.
/// </summary>
/// <param name="y">As many floats as there are lanes in all; keeps the compiler from dropping the work.</param>
/// <param name="factor">The multiplier: just below 1, so that sums stay finite.</param>
public readonly struct FmaPeak(ArrayView<float> y, float factor) : ILaneKernel
{
    /// <summary>Rounds per work-item.</summary>
    public const int Rounds = 1 << 15;

    /// <summary>Multiply-adds per lane and round.</summary>
    public const int Chains = 12;

    /// <inheritdoc/>
    public void Execute<V>(int item)
        where V : unmanaged, ILanes<V>
    {
        V b = y.As<V>()[item];
        V s0 = b, s1 = b, s2 = b, s3 = b, s4 = b, s5 = b, s6 = b, s7 = b, s8 = b, s9 = b, sA = b, sB = b;
        for (int round = 0; round < Rounds; round++)
        {
            s0 = V.MultiplyAdd(factor, s0, b);
            s1 = V.MultiplyAdd(factor, s1, b);
            s2 = V.MultiplyAdd(factor, s2, b);
            s3 = V.MultiplyAdd(factor, s3, b);
            s4 = V.MultiplyAdd(factor, s4, b);
            s5 = V.MultiplyAdd(factor, s5, b);
            s6 = V.MultiplyAdd(factor, s6, b);
            s7 = V.MultiplyAdd(factor, s7, b);
            s8 = V.MultiplyAdd(factor, s8, b);
            s9 = V.MultiplyAdd(factor, s9, b);
            sA = V.MultiplyAdd(factor, sA, b);
            sB = V.MultiplyAdd(factor, sB, b);
        }

        V low = V.Add(V.Add(V.Add(s0, s1), V.Add(s2, s3)), V.Add(s4, s5));
        V high = V.Add(V.Add(V.Add(s6, s7), V.Add(s8, s9)), V.Add(sA, sB));
        y.As<V>()[item] = V.Add(low, high);
    }
}
