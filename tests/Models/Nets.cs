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

    /// <summary>A VGG, ordinary or spiking; T, where it has time, is 2.</summary>
    public static ModelSpec Vgg(ModelKind kind, int depth = 11, int width = 2, Pooling pooling = Pooling.Max) =>
        Spec(kind, depth, width) with { Family = Family.Vgg, Pooling = pooling };

    /// <summary>One of each family and kind that differs in its layers.</summary>
    public static IEnumerable<ModelSpec> OfEveryLayout =>
    [
        .. from kind in Enum.GetValues<ModelKind>() from depth in (int[])[18, 19, 20, 50] select Spec(kind, depth),
        .. from kind in (ModelKind[])[ModelKind.Ann, ModelKind.Spiking] from depth in (int[])[11, 13, 16, 19] select Vgg(kind, depth),
        Vgg(ModelKind.Ann, pooling: Pooling.Average),
        Vgg(ModelKind.Spiking, pooling: Pooling.Average),
    ];

    /// <summary>[n, size, size, 3], uniform with mean 0 and variance 1.</summary>
    public static float[] Noise(int seed, int n, int size) =>
        new Draw(seed).Fill([n, size, size, ModelSpec.ImageChannels], -1.732f, 1.732f);
}
