using ILGPU;

namespace Idsnn.Kernels;

/// <summary>
/// Adds one step's losses and hits to an epoch's sums, so that training need not wait for them. One work-item in all. Reference: the sum.
/// </summary>
/// <param name="loss">[1]: the whole loss, a mean over the step's images; so are the next two.</param>
/// <param name="crossEntropy">[1].</param>
/// <param name="distillation">[1].</param>
/// <param name="correct">[1]: images whose largest logit is the label's.</param>
/// <param name="sums">
/// [6]: over images the loss, its cross-entropy, its KL term; hits; the first step, from 1, whose loss was not finite; steps.
/// </param>
/// <param name="images">Images of the step.</param>
public readonly struct StepSums(
    ArrayView<float> loss, ArrayView<float> crossEntropy, ArrayView<float> distillation, ArrayView<float> correct, ArrayView<float> sums,
    int images) : IKernel
{
    /// <inheritdoc/>
    public void Execute(int item)
    {
        sums[0] += loss[0] * images;
        sums[1] += crossEntropy[0] * images;
        sums[2] += distillation[0] * images;
        sums[3] += correct[0];

        float step = sums[5] + 1f;
        sums[5] = step;

        // By its bits: compilers may take a comparison of not-a-number either way.
        const uint exponent = 0x7F800000u;
        bool finite = (Interop.FloatAsInt(loss[0]) & exponent) != exponent;
        if (!finite && sums[4] == 0f) sums[4] = step;
    }
}
