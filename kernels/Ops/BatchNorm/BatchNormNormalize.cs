using ILGPU;

namespace Idsnn.Kernels.Ops;

/// <summary>
/// y = γ (x − μ) / √(σ² + ε) + β (Eq. 5). One work-item: <see cref="Rows"/> rows × one lane group of channels. Reference:
/// BatchNormReference.Forward.
/// </summary>
/// <param name="x">[rows, C].</param>
/// <param name="mean">[C].</param>
/// <param name="inverseDeviation">[C].</param>
/// <param name="gamma">[C].</param>
/// <param name="beta">[C].</param>
/// <param name="y">[rows, C].</param>
/// <param name="rows">T·N·H·W.</param>
/// <param name="channels">C.</param>
public readonly struct BatchNormNormalize(
    ArrayView<float> x, ArrayView<float> mean, ArrayView<float> inverseDeviation, ArrayView<float> gamma, ArrayView<float> beta,
    ArrayView<float> y, int rows, int channels) : ILaneKernel
{
    /// <summary>Rows of one work-item.</summary>
    public const int Rows = 32;

    /// <inheritdoc/>
    public void Execute<V>(int item)
        where V : unmanaged, ILanes<V>
    {
        int groups = channels / V.Count;
        int group = item % groups;
        int begin = item / groups * Rows, end = Math.Min(begin + Rows, rows);
        V m = mean.As<V>()[group], shift = beta.As<V>()[group];
        V scale = V.Multiply(gamma.As<V>()[group], inverseDeviation.As<V>()[group]);
        var source = x.As<V>();
        var target = y.As<V>();
        for (int row = begin; row < end; row++)
        {
            int at = (row * groups) + group;
            target[at] = V.MultiplyAdd(V.Subtract(source[at], m), scale, shift);
        }
    }
}
