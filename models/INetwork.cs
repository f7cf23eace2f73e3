using Idsnn.Engine;

namespace Idsnn.Models;

/// <summary>
/// A classifier of images, ordinary or spiking: a function from images to logits and the tensors that it learns.
/// <see cref="Network.Create"/> makes one from its description.
/// </summary>
public interface INetwork : IDisposable
{
    /// <summary>The device on which its tensors lie.</summary>
    Device Device { get; }

    /// <summary>What it is.</summary>
    ModelSpec Spec { get; }

    /// <summary>Everything that a checkpoint holds, under PyTorch's names and in PyTorch's order.</summary>
    IEnumerable<StateEntry> State();

    /// <summary>Images to logits.</summary>
    /// <param name="images">[N, H, W, channels], normalised; frames under that encoder, [T·N, H, W, channels].</param>
    /// <param name="pass">Training or evaluation, and what else is wanted of the pass.</param>
    /// <returns>[N, classes]; [T·N, classes] where the read-out of each time-step is wanted.</returns>
    Tensor Forward(Tensor images, Pass pass);

    /// <summary>
    /// Counts a batch that batch-norm was trained on: what a forward pass in training changes on the host, and a replay of one does not.
    /// </summary>
    void CountBatch();
}
