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

    /// <summary>The tensor's shape as PyTorch has it; [] for a counter.</summary>
    public Shape Shape => Tensor is null ? [] : WeightLayout.ToPyTorch(Tensor.Shape);

    /// <summary>The tensor's elements, in PyTorch's order.</summary>
    public StoredTensor Save() => Stored(Tensor!);

    /// <summary>The gradient's elements, in PyTorch's order.</summary>
    public StoredTensor SaveGradient() => Stored(Tensor!.Gradient!);

    /// <summary>Replaces the tensor's elements.</summary>
    /// <param name="elements">Of <see cref="Shape"/>.</param>
    public void Load(float[] elements) => Tensor!.CopyFrom(WeightLayout.FromPyTorch(elements, Tensor.Shape));

    private StoredTensor Stored(Tensor tensor) => new(Shape, WeightLayout.ToPyTorch(tensor.ToArray(), tensor.Shape));
}

/// <summary>num_batches_tracked: how many training batches a batch-norm has seen.</summary>
public sealed class BatchCounter
{
    /// <summary>The count.</summary>
    public long Value { get; set; }
}
