using ILGPU;

namespace Idsnn.Kernels.Ops;

/// <summary>
/// Cross-entropy of softmax(logits) against smoothed labels q = (1 − ε)·onehot + ε/K, and its gradient (p − q)/rows. Where labels are
/// mixed, onehot is share·onehot(label) + (1 − share)·onehot(second). Logits may come for each time-step; every step has the same labels.
/// One work-item: one row. Reference: LossReference.CrossEntropy.
/// </summary>
/// <param name="logits">[T·N, K].</param>
/// <param name="labels">The labels.</param>
/// <param name="losses">[T·N]: the row's loss / (T·N).</param>
/// <param name="gradient">[T·N, K].</param>
/// <param name="spec">The constants.</param>
public readonly struct CrossEntropy(
    ArrayView<float> logits, LabelViews labels, ArrayView<float> losses, ArrayView<float> gradient, CrossEntropySpec spec) : IKernel
{
    /// <inheritdoc/>
    public void Execute(int item)
    {
        int classes = spec.Classes, at = item * classes;
        var target = new LabelTarget(labels, item, spec);
        var softmax = new Softmax(logits, at, classes, 1f);
        float loss = 0f;
        for (int k = 0; k < classes; k++)
        {
            float q = target.At(k), logP = softmax.Log(logits[at + k]);
            loss -= q * logP;
            gradient[at + k] = (MathF.Exp(logP) - q) / spec.Rows;
        }

        losses[item] = loss / spec.Rows;
    }
}

/// <summary>The constants of a cross-entropy.</summary>
/// <param name="Rows">T·N.</param>
/// <param name="Images">N.</param>
/// <param name="Classes">K.</param>
/// <param name="Smoothing">ε.</param>
/// <param name="Mixed">Whether labels are mixed.</param>
public readonly record struct CrossEntropySpec(int Rows, int Images, int Classes, float Smoothing, Flag Mixed);

/// <summary>The labels of N images.</summary>
/// <param name="First">[N], 0 … K−1.</param>
/// <param name="Second">[N], 0 … K−1; read where labels are mixed.</param>
/// <param name="Shares">[N], 0 … 1: the first label's; read where labels are mixed.</param>
public readonly record struct LabelViews(ArrayView<int> First, ArrayView<int> Second, ArrayView<float> Shares);

/// <summary>The distribution q that a row's cross-entropy is taken against.</summary>
internal readonly struct LabelTarget
{
    private readonly int label, other;
    private readonly float everywhere, atLabel, atOther;

    public LabelTarget(in LabelViews labels, int row, in CrossEntropySpec spec)
    {
        int image = row % spec.Images;
        float share = spec.Mixed ? labels.Shares[image] : 1f, whole = 1f - spec.Smoothing;
        label = labels.First[image];
        other = spec.Mixed ? labels.Second[image] : label;
        everywhere = spec.Smoothing / spec.Classes;
        atLabel = whole * share;
        atOther = whole * (1f - share);
    }

    /// <summary>q of class <paramref name="k"/>.</summary>
    public float At(int k) => everywhere + (k == label ? atLabel : 0f) + (k == other ? atOther : 0f);
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
