using Idsnn.Datasets;
using Idsnn.Engine;
using Idsnn.Models;

namespace Idsnn.Training;

/// <summary>Runs a step again that was not finite, to see where that begins and to keep what it takes to run it once more.</summary>
internal static class NonFiniteStep
{
    /// <summary>
    /// What is the first not to be finite: a parameter, the output of a layer in the order of the forward pass, a term of the loss, or a
    /// gradient in the order of the backward pass. Leaves no gradients.
    /// </summary>
    /// <param name="step">The step, of the model.</param>
    /// <param name="model">The network that learns.</param>
    /// <param name="images">[N, H, W, 3].</param>
    /// <param name="labels">[N].</param>
    /// <param name="draw">Which step this is, for the Poisson encoder; or null.</param>
    public static string FindFirst(TrainingStep step, INetwork model, Tensor images, Labels labels, DrawNumber? draw)
    {
        StateEntry[] backward = [.. step.State().Where(entry => entry.IsParameter).Reverse()];
        if (Array.Find(backward, entry => !IsFinite(entry.Tensor!)) is { } parameter) return $"the parameter {parameter.Name}";
        string? layer = null;
        using var probe = new ForwardProbe(model.Spec, countsInputs: false)
        {
            Outputs = (name, output) => layer ??= IsFinite(output) ? null : name,
        };
        var losses = step.Backward(images, labels, draw, probe);
        var gradient = Array.Find(backward, entry => !IsFinite(entry.Tensor!.Gradient!));
        foreach (var entry in backward) entry.Tensor!.ClearGradient();
        if (layer is null && !IsFinite(losses.Logits)) layer = NetworkLayout.Of(model.Spec).Classifier[^1].Name;
        return layer is not null ? $"the output of {layer}"
            : WrongTerm(step.Objective, losses) is { } term ? $"the {term.Replace('_', '-')}"
            : gradient is not null ? $"the gradient of {gradient.Name}"
            : "the norm of the gradients, or what they make of the parameters";
    }

    /// <summary>The batch as the network sees it, and the parameters.</summary>
    /// <param name="step">The step, of the model.</param>
    /// <param name="images">[N, H, W, 3].</param>
    /// <param name="batch">What they were made from.</param>
    /// <param name="number">The step's, for the Poisson encoder.</param>
    public static SafetensorsFile Pack(TrainingStep step, Tensor images, Batch batch, ulong number)
    {
        var file = new SafetensorsFile { Metadata = { ["layout"] = "NHWC", ["draw"] = $"{number}" } };
        file.Tensors["images"] = new StoredTensor(images.Shape, images.ToArray());
        file.Tensors["labels"] = Whole(batch.Labels);
        if (batch.SecondLabels is { } second) file.Tensors["second_labels"] = Whole(second);
        if (batch.Shares is { } shares) file.Tensors["shares"] = new StoredTensor([shares.Length], [.. shares]);
        foreach (var entry in step.State().Where(entry => entry.IsParameter)) file.Tensors[$"model.{entry.Name}"] = entry.Save();
        return file;
    }

    /// <summary>The first term of the loss that is not finite; null where all are.</summary>
    private static string? WrongTerm(IObjective objective, StepLosses losses) =>
        losses.Terms.ToArray().Zip(objective.Terms).FirstOrDefault(term => !float.IsFinite(term.First)).Second;

    private static StoredTensor Whole(int[] numbers) => new([numbers.Length], Array.ConvertAll(numbers, number => (long)number));

    private static bool IsFinite(Tensor tensor) => Array.TrueForAll(tensor.ToArray(), float.IsFinite);
}
