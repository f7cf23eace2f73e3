namespace Idsnn.Training;

/// <summary>The loss, L = CE + α·T²·KL (Eq. 8).</summary>
/// <param name="Alpha">α; 0 trains without a teacher.</param>
/// <param name="Temperature">T of the softened softmax.</param>
/// <param name="LabelSmoothing">ε of the cross-entropy's targets.</param>
/// <param name="PerStep">
/// Whether both terms are taken of each time-step's read-out and averaged over time (TET, Deng et al. 2022), instead of once of the mean
/// read-out.
/// </param>
public sealed record Objective(float Alpha = 0.3f, float Temperature = 4f, float LabelSmoothing = 0f, bool PerStep = false)
{
    /// <summary>Cross-entropy alone.</summary>
    public static Objective CrossEntropy { get; } = new(0f);
}
