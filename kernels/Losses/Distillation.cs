using ILGPU;

namespace Idsnn.Kernels;

/// <summary>
/// KL(softmax(teacher/T) ‖ softmax(student/T)) (Eq. 7), batch mean, and its gradient for the student, (p − q)/(T·N). One work-item: one
/// row. Reference: LossReference.Distillation.
/// </summary>
/// <param name="student">[N, K] logits.</param>
/// <param name="teacher">[N, K] logits: the target distribution.</param>
/// <param name="losses">[N]: the row's loss / N.</param>
/// <param name="gradient">[N, K].</param>
/// <param name="rows">N.</param>
/// <param name="classes">K.</param>
/// <param name="temperature">T.</param>
public readonly struct Distillation(
    ArrayView<float> student, ArrayView<float> teacher, ArrayView<float> losses, ArrayView<float> gradient, int rows, int classes,
    float temperature) : IKernel
{
    /// <inheritdoc/>
    public void Execute(int item)
    {
        int at = item * classes;
        float inverse = 1f / temperature;
        var target = new Softmax(teacher, at, classes, inverse);
        var ours = new Softmax(student, at, classes, inverse);
        float loss = 0f;
        for (int k = 0; k < classes; k++)
        {
            float logQ = target.Log(teacher[at + k]), logP = ours.Log(student[at + k]);
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
