using ILGPU;

namespace Idsnn.Kernels.Ops;

/// <summary>1 where the largest logit (the first of equals) is the label's, else 0. One work-item: one row.</summary>
/// <param name="logits">[N, K].</param>
/// <param name="labels">[N].</param>
/// <param name="correct">[N].</param>
/// <param name="classes">K.</param>
public readonly struct TopOne(ArrayView<float> logits, ArrayView<int> labels, ArrayView<float> correct, int classes) : IKernel
{
    /// <inheritdoc/>
    public void Execute(int item)
    {
        int at = item * classes, best = 0;
        for (int k = 1; k < classes; k++)
        {
            if (logits[at + k] > logits[at + best]) best = k;
        }

        correct[item] = best == labels[item] ? 1f : 0f;
    }
}
