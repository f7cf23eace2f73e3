using Idsnn.Engine;

namespace Idsnn.Models;

/// <summary>Builds layers with the weights that they start from.</summary>
/// <param name="device">Where.</param>
/// <param name="initializer">Draws the weights.</param>
/// <param name="gammaStart">Batch-norm's γ.</param>
internal sealed class LayerFactory(Device device, WeightInitializer initializer, float gammaStart)
{
    public ConvBn Build(ConvBnSpec spec) => new(device, spec, initializer, gammaStart);

    public Linear Build(LinearSpec spec) => new(device, spec, initializer);
}
