namespace Idsnn.Training;

/// <summary>How the gradients of a step become an update of the parameters.</summary>
/// <param name="Optimizer">The optimizer.</param>
/// <param name="ClipNorm">
/// The 2-norm of all gradients together above which they are scaled down to it, before the optimizer sees them; 0 leaves them as they are.
/// </param>
/// <param name="OnNonFinite">What happens at a step whose loss or gradients are not finite.</param>
public sealed record UpdateOptions(OptimizerOptions Optimizer, float ClipNorm = 0f, OnNonFinite OnNonFinite = OnNonFinite.Stop);
