using Idsnn.Engine;

namespace Idsnn.Models;

/// <summary>Builds a network's layers with the weights that they start from, and its activations.</summary>
/// <param name="device">Where.</param>
/// <param name="model">The network.</param>
/// <param name="initializer">Draws the weights.</param>
/// <param name="gammaStart">Batch-norm's γ.</param>
internal sealed class LayerFactory(Device device, ModelSpec model, WeightInitializer initializer, float gammaStart)
{
    public ConvBn Build(ConvBnSpec spec) => new(device, spec, initializer, gammaStart, Site(spec.Site));

    public Linear Build(LinearSpec spec) => new(device, spec, initializer, Site(spec.Site));

    /// <summary>An activation; null for no name.</summary>
    public ActivationSite? Site(string? name) => name is null ? null : new ActivationSite(device, name, model.Neuron, model.Timesteps);
}
