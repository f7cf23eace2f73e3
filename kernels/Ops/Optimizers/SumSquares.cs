using ILGPU;

namespace Idsnn.Kernels.Ops;

/// <summary>
/// y[chunk] = Σ x² over each chunk, in runs as <see cref="SumRows"/> adds them. One work-item: one chunk. Reference: the sum.
/// </summary>
/// <param name="x">Any shape.</param>
/// <param name="y">[chunks].</param>
/// <param name="count">Elements of x.</param>
/// <param name="chunk">Elements per chunk.</param>
public readonly struct SumSquares(ArrayView<float> x, ArrayView<float> y, int count, int chunk) : IKernel
{
    /// <inheritdoc/>
    public void Execute(int item)
    {
        int end = Math.Min((item + 1) * chunk, count);
        float sum = 0f;
        for (int i = item * chunk; i < end;)
        {
            int stop = Math.Min(i + SumRows.Run, end);
            float part = 0f;
            for (; i < stop; i++) part += x[i] * x[i];
            sum += part;
        }

        y[item] = sum;
    }
}
