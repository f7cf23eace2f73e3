using ILGPU;

namespace Idsnn.Kernels.Ops;

/// <summary>
/// Σ (x − target)² of each row over the number of rows, and its gradient for x, 2·(x − target)/rows. One work-item: one row. Reference:
/// LossReference.SquaredDistance.
/// </summary>
/// <param name="x">[rows, width].</param>
/// <param name="target">[rows, width].</param>
/// <param name="losses">[rows].</param>
/// <param name="gradient">[rows, width].</param>
/// <param name="rows">Rows.</param>
/// <param name="width">Columns.</param>
public readonly struct SquaredDistance(
    ArrayView<float> x, ArrayView<float> target, ArrayView<float> losses, ArrayView<float> gradient, int rows, int width) : IKernel
{
    /// <inheritdoc/>
    public void Execute(int item)
    {
        float sum = 0f;
        for (int i = item * width; i < (item + 1) * width; i++)
        {
            float difference = x[i] - target[i];
            sum += difference * difference;
            gradient[i] = 2f * difference / rows;
        }

        losses[item] = sum / rows;
    }
}
