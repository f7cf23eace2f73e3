namespace Idsnn.Engine;

/// <summary>What a batch-norm keeps from batch to batch.</summary>
/// <param name="Mean">Running mean, [C].</param>
/// <param name="Variance">Running variance (unbiased), [C].</param>
public sealed record RunningStatistics(Tensor Mean, Tensor Variance)
{
    /// <summary>How far they move towards a batch's: a tenth of the way, as in PyTorch.</summary>
    public const float Momentum = 0.1f;

    /// <summary>ε, which is added to a variance before its root is taken, as in PyTorch.</summary>
    public const float Epsilon = 1e-5f;
}
