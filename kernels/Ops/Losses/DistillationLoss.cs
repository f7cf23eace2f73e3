using ILGPU;

namespace Idsnn.Kernels.Ops;

/// <summary>
/// Cross-entropy as in <see cref="CrossEntropy"/> and weight·KL(softmax(teacher/T) ‖ softmax(student/T)) (Eqs. 7 and 8) of each row, and
/// the gradient of their sum for the student, (p − q)/rows + weight·(p' − q')/(T·rows). The student's logits may come for each time-step;
/// every step has the same labels and teacher. One work-item: one row. References: LossReference.CrossEntropy and .Distillation.
/// </summary>
/// <param name="student">[steps·N, K] logits.</param>
/// <param name="teacher">[N, K] logits: the softened target distribution.</param>
/// <param name="labels">The labels.</param>
/// <param name="losses">[steps·N, 2]: the row's cross-entropy and its KL, each / (steps·N).</param>
/// <param name="gradient">[steps·N, K].</param>
/// <param name="spec">The constants of the cross-entropy.</param>
/// <param name="weight">Of the KL term.</param>
/// <param name="temperature">T.</param>
public readonly struct DistillationLoss(
    ArrayView<float> student, ArrayView<float> teacher, LabelViews labels, ArrayView<float> losses, ArrayView<float> gradient,
    CrossEntropySpec spec, float weight, float temperature) : IKernel
{
    /// <inheritdoc/>
    public void Execute(int item)
    {
        int classes = spec.Classes, at = item * classes, taught = item % spec.Images * classes;
        float inverse = 1f / temperature;
        var target = new LabelTarget(labels, item, spec);
        var plain = new Softmax(student, at, classes, 1f);
        var ours = new Softmax(student, at, classes, inverse);
        var theirs = new Softmax(teacher, taught, classes, inverse);
        float crossEntropy = 0f, divergence = 0f;
        for (int k = 0; k < classes; k++)
        {
            float logit = student[at + k], q = target.At(k), logP = plain.Log(logit);
            crossEntropy -= q * logP;
            float softLogQ = theirs.Log(teacher[taught + k]), softLogP = ours.Log(logit), softQ = MathF.Exp(softLogQ);
            divergence += softQ * (softLogQ - softLogP);
            gradient[at + k] = (MathF.Exp(logP) - q + (weight * inverse * (MathF.Exp(softLogP) - softQ))) / spec.Rows;
        }

        losses[2 * item] = crossEntropy / spec.Rows;
        losses[(2 * item) + 1] = divergence / spec.Rows;
    }
}

/// <summary>Adds up what <see cref="SumRows"/> left of <see cref="DistillationLoss"/>'s rows, in order. One work-item in all.</summary>
/// <param name="sums">[chunks, 2]: cross-entropy and KL.</param>
/// <param name="total">[1]: cross-entropy + weight·KL.</param>
/// <param name="crossEntropy">[1].</param>
/// <param name="distillation">[1]: KL.</param>
/// <param name="chunks">Chunks of rows.</param>
/// <param name="weight">Of the KL term.</param>
public readonly struct DistillationSums(
    ArrayView<float> sums, ArrayView<float> total, ArrayView<float> crossEntropy, ArrayView<float> distillation, int chunks, float weight)
    : IKernel
{
    /// <inheritdoc/>
    public void Execute(int item)
    {
        float ce = 0f, kl = 0f;
        for (int chunk = 0; chunk < chunks; chunk++)
        {
            ce += sums[2 * chunk];
            kl += sums[(2 * chunk) + 1];
        }

        crossEntropy[0] = ce;
        distillation[0] = kl;
        total[0] = ce + (weight * kl);
    }
}
