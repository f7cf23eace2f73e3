using ILGPU;

namespace Idsnn.Kernels;

/// <summary>
/// Cross-entropy of softmax(logits) against smoothed labels q = (1 − ε)·onehot + ε/K, and its gradient (p − q)/N. One work-item: one
/// row. Reference: LossReference.CrossEntropy.
/// </summary>
/// <param name="logits">[N, K].</param>
/// <param name="labels">[N], 0 … K−1.</param>
/// <param name="losses">[N]: the row's loss / N.</param>
/// <param name="gradient">[N, K].</param>
/// <param name="rows">N.</param>
/// <param name="classes">K.</param>
/// <param name="smoothing">ε.</param>
public readonly struct CrossEntropy(
    ArrayView<float> logits, ArrayView<int> labels, ArrayView<float> losses, ArrayView<float> gradient, int rows, int classes,
    float smoothing) : IKernel
{
    /// <inheritdoc/>
    public void Execute(int item)
    {
        int at = item * classes, label = labels[item];
        var softmax = new Softmax(logits, at, classes, 1f);
        float loss = 0f;
        for (int k = 0; k < classes; k++)
        {
            float q = (smoothing / classes) + (k == label ? 1f - smoothing : 0f);
            float logP = softmax.Log(logits[at + k]);
            loss -= q * logP;
            gradient[at + k] = (MathF.Exp(logP) - q) / rows;
        }

        losses[item] = loss / rows;
    }
}

/// <summary>The softened softmax of one row (Eq. 6): its largest logit and the logarithm of its denominator.</summary>
internal readonly struct Softmax
{
    private readonly float largest, logSum, inverseTemperature;

    public Softmax(ArrayView<float> logits, int at, int classes, float inverseTemperature)
    {
        this.inverseTemperature = inverseTemperature;
        float top = logits[at];
        for (int k = 1; k < classes; k++) top = MathF.Max(top, logits[at + k]);
        float sum = 0f;
        for (int k = 0; k < classes; k++) sum += MathF.Exp((logits[at + k] - top) * inverseTemperature);
        largest = top;
        logSum = MathF.Log(sum);
    }

    /// <summary>The logarithm of the probability of a logit of this row.</summary>
    public float Log(float logit) => ((logit - largest) * inverseTemperature) - logSum;
}
