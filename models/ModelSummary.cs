using System.Globalization;
using System.Text;

namespace Idsnn.Models;

/// <summary>One line of a summary.</summary>
/// <param name="Name">The layer.</param>
/// <param name="Shape">Its output for one image and time-step, H×W×C.</param>
/// <param name="Parameters">Trained numbers.</param>
/// <param name="Macs">Multiply-accumulates per image and time-step.</param>
/// <param name="InnerMacs">Those whose input is not padding.</param>
public sealed record LayerSummary(string Name, string Shape, long Parameters, long Macs, long InnerMacs);

/// <summary>Layers, shapes, parameters and MACs of a network.</summary>
/// <param name="Model">The network.</param>
/// <param name="Layers">Its layers, each convolution with its batch-norm.</param>
public sealed record ModelSummary(ModelSpec Model, IReadOnlyList<LayerSummary> Layers)
{
    /// <summary>Trained numbers in all.</summary>
    public long Parameters => Layers.Sum(layer => layer.Parameters);

    /// <summary>Multiply-accumulates per image and time-step.</summary>
    public long Macs => Layers.Sum(layer => layer.Macs);

    /// <summary>Those whose input is not padding.</summary>
    public long InnerMacs => Layers.Sum(layer => layer.InnerMacs);

    /// <summary>Describes a network for square images.</summary>
    /// <param name="spec">The network.</param>
    /// <param name="imageSize">Height and width of the images.</param>
    public static ModelSummary Of(ModelSpec spec, int imageSize)
    {
        spec.Validate();
        var layout = NetworkLayout.Of(spec);
        int perSite = spec.Neuron is { TrainsDecay: true } ? 1 : 0;
        IEnumerable<LayerSummary> head = layout.Head is { } name && perSite > 0 ? [new(name, string.Empty, perSite, 0, 0)] : [];
        LayerSummary[] layers =
        [
            .. layout.Sized(imageSize).Select(layer => Of(layer.Layer, layer.Size, layer.Layer.Site is null ? 0 : perSite)),
            .. head,
            .. layout.Classifier.Select(layer => Of(layer, layer.Site is null ? 0 : perSite)),
        ];
        return new ModelSummary(spec, layers);
    }

    private static LayerSummary Of(ConvBnSpec layer, int size, int trainedBySite)
    {
        int output = layer.Output(size);
        long weights = (long)layer.Co * layer.Ci * layer.Kernel * layer.Kernel;
        return new(
            layer.Conv, $"{output}×{output}×{layer.Co}", weights + (2L * layer.Co) + trainedBySite, weights * output * output,
            layer.InnerMacs(size, size));
    }

    private static LayerSummary Of(LinearSpec layer, int trainedBySite)
    {
        long weights = (long)layer.Inputs * layer.Outputs;
        return new(layer.Name, $"{layer.Outputs}", weights + layer.Outputs + trainedBySite, weights, weights);
    }

    /// <summary>A table.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{Model.Name}, width {Model.Width}, T = {Model.Timesteps}");
        text.AppendLine(CultureInfo.InvariantCulture, $"{"layer",-24} {"output",14} {"parameters",12} {"MACs/step",14}");
        foreach (var layer in Layers)
        {
            text.AppendLine(
                CultureInfo.InvariantCulture, $"{layer.Name,-24} {layer.Shape,14} {layer.Parameters,12:N0} {layer.Macs,14:N0}");
        }

        text.Append(CultureInfo.InvariantCulture, $"{"total",-24} {string.Empty,14} {Parameters,12:N0} {Macs,14:N0}");
        return text.ToString();
    }
}
