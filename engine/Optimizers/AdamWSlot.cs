namespace Idsnn.Engine;

/// <summary>A parameter and what AdamW keeps of its gradients.</summary>
/// <param name="Parameter">w.</param>
/// <param name="First">The moving average of gradients, of w's shape; zeros at the start.</param>
/// <param name="Second">The moving average of their squares, of w's shape; zeros at the start.</param>
public sealed record AdamWSlot(Tensor Parameter, Tensor First, Tensor Second);
