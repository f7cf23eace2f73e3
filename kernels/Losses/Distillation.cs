using ILGPU;

namespace Idsnn.Kernels;

/// <summary>
/// KL(softmax(teacher/T) ‖ softmax(student/T)) (Eq. 7), mean over rows, and its gradient for the student, (p − q)/(T·rows). The student's
/// logits may come for each time-step; every step has the same teacher. One work-item: one row. Reference: LossReference.Distillation.
/// </summary>
/// <param name="student">[steps·N, K] logits.</param>
/// <param name="teacher">[N, K] logits: the target distribution.</param>
/// <param name="losses">[steps·N]: the row's loss / (steps·N).</param>
/// <param name="gradient">[steps·N, K].</param>
/// <param name="rows">steps·N.</param>
/// <param name="images">N.</param>
/// <param name="classes">K.</param>
/// <param name="temperature">T.</param>
public readonly struct Distillation(
    ArrayView<float> student, ArrayView<float> teacher, ArrayView<float> losses, ArrayView<float> gradient, int rows, int images, int classes,
    float temperature) : IKernel
{
    /// <inheritdoc/>
    public void Execute(int item)
    {
        int at = item * classes, taught = item % images * classes;
        float inverse = 1f / temperature;
        var target = new Softmax(teacher, taught, classes, inverse);
        var ours = new Softmax(student, at, classes, inverse);
        float loss = 0f;
        for (int k = 0; k < classes; k++)
        {
            float logQ = target.Log(teacher[taught + k]), logP = ours.Log(student[at + k]);
            float q = MathF.Exp(logQ);
            loss += q * (logQ - logP);
            gradient[at + k] = (MathF.Exp(logP) - q) * inverse / rows;
        }

        losses[item] = loss / rows;
    }
}

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
