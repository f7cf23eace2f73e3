using ILGPU;

namespace Idsnn.Kernels.Ops;

/// <summary>
/// Adds one step's losses and hits to an epoch's sums, so that training need not wait for them, and decides about the step's update: it is
/// left out where the loss, the gradients, or a parameter after an earlier update is not finite. One work-item in all. Reference: the sum.
/// </summary>
/// <param name="loss">[1]: the whole loss, a mean over the step's images.</param>
/// <param name="terms">[terms]: its terms likewise.</param>
/// <param name="correct">[1]: images whose largest logit is the label's.</param>
/// <param name="squaredNorm">[1]: of all gradients; the loss once more where it is not known.</param>
/// <param name="sums">
/// [terms + 4]: over images the loss and its terms; hits; the first step, from 1, that went wrong (one that is to be skipped does not);
/// steps.
/// </param>
/// <param name="gate">[2]: see <see cref="GradientGate"/>.</param>
/// <param name="spec">The constants.</param>
public readonly struct StepSums(
    ArrayView<float> loss, ArrayView<float> terms, ArrayView<float> correct, ArrayView<float> squaredNorm, ArrayView<float> sums,
    GradientGate gate, StepSpec spec) : IKernel
{
    // PyTorch's, in torch.nn.utils.clip_grad_norm_.
    private const float ClipEpsilon = 1e-6f;

    /// <inheritdoc/>
    public void Execute(int item)
    {
        int hits = spec.Terms + 1, wrong = hits + 1, steps = hits + 2;
        bool finite = Finite.Is(loss[0]) && Finite.Is(squaredNorm[0]), broken = spec.Updates && gate.IsBroken;
        if (finite || !spec.Skips)
        {
            sums[0] += loss[0] * spec.Images;
            for (int term = 0; term < spec.Terms; term++) sums[term + 1] += terms[term] * spec.Images;
            sums[hits] += correct[0];
        }

        float step = sums[steps] + 1f;
        sums[steps] = step;
        if (sums[wrong] == 0f)
        {
            if (broken) sums[wrong] = step - 1f;
            else if (!finite && !spec.Skips) sums[wrong] = step;
        }

        if (!spec.Updates) return;
        bool open = finite && !broken && sums[wrong] == 0f;
        gate.Set(!open ? 0f : spec.ClipNorm > 0f ? MathF.Min(1f, spec.ClipNorm / (MathF.Sqrt(squaredNorm[0]) + ClipEpsilon)) : 1f);
    }
}

/// <summary>The constants of a step's sums.</summary>
/// <param name="Images">Images of the step.</param>
/// <param name="Terms">Terms of the loss.</param>
/// <param name="Updates">Whether an update follows, whose gate is to be set.</param>
/// <param name="Skips">Whether a step that is not finite is left out instead of ending the training.</param>
/// <param name="ClipNorm">The most that the gradients' norm may be before they are scaled down to it; 0 for no limit.</param>
public readonly record struct StepSpec(int Images, int Terms, Flag Updates, Flag Skips, float ClipNorm);
