using Idsnn.Engine;

namespace Idsnn.Models;

/// <summary>One entry of a state dict: a tensor, or a batch-norm's count of batches.</summary>
/// <param name="Name">PyTorch's name: layer1.0.conv1.weight.</param>
/// <param name="Tensor">The tensor; null for a counter.</param>
/// <param name="Counter">The counter; null for a tensor.</param>
public sealed record StateEntry(string Name, Tensor? Tensor, BatchCounter? Counter)
{
    /// <summary>Whether gradient descent changes it.</summary>
    public bool IsParameter => Tensor is { RequiresGradient: true };
}

/// <summary>num_batches_tracked: how many training batches a batch-norm has seen.</summary>
public sealed class BatchCounter
{
    /// <summary>The count.</summary>
    public long Value { get; set; }
}
