using Idsnn.Engine;
using Idsnn.Models;

namespace Idsnn.Tests.Models;

/// <summary>Small networks.</summary>
internal static class Nets
{
    public const int Classes = 10;

    /// <summary>A network of any kind; T, where it has time, is 2.</summary>
    public static ModelSpec Spec(ModelKind kind, int depth = 18, int width = 2) => kind == ModelKind.Ann
        ? new ModelSpec(kind, depth, width, Classes)
        : new ModelSpec(kind, depth, width, Classes, Timesteps: 2, Neuron: new Neuron());

    /// <summary>[n, size, size, 3], uniform with mean 0 and variance 1.</summary>
    public static float[] Noise(int seed, int n, int size) => new Draw(seed).Fill([n, size, size, ModelSpec.ImageChannels], -1.732f, 1.732f);
}
