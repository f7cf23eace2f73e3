using Idsnn.Engine;

namespace Idsnn.Training;

/// <summary>What one forward and backward pass gave; the tensors belong to the caller's scope.</summary>
/// <param name="Logits">The student's logits, the mean over time, [N, K].</param>
/// <param name="Total">The loss, [1].</param>
/// <param name="Terms">What its terms came to before their weights, in the objective's order, [terms].</param>
public sealed record StepLosses(Tensor Logits, Tensor Total, Tensor Terms);
