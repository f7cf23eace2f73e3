using Idsnn.Engine;

namespace Idsnn.Training;

/// <summary>What one forward and backward pass gave; the tensors belong to the caller's scope.</summary>
/// <param name="Logits">The student's, the mean over time, [N, K].</param>
/// <param name="Total">The loss, [1].</param>
/// <param name="CrossEntropy">Its cross-entropy, [1].</param>
/// <param name="Distillation">Its KL term before α·T², [1]; null without a teacher.</param>
public sealed record StepLosses(Tensor Logits, Tensor Total, Tensor CrossEntropy, Tensor? Distillation);
