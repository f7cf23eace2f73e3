using ILGPU;

namespace Idsnn.Engine;

/// <summary>What a batch-norm keeps from batch to batch.</summary>
/// <param name="Mean">Running mean, [C].</param>
/// <param name="Variance">Running variance (unbiased), [C].</param>
public sealed record RunningStatistics(Tensor Mean, Tensor Variance);
