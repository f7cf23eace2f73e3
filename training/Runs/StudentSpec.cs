using Idsnn.Engine;
using Idsnn.Models;

namespace Idsnn.Training;

/// <summary>The network that a run is about.</summary>
public sealed record StudentSpec
{
    /// <summary>Its name: [spiking-|sew-|ms-]resnet{18|34|50|101|152}.</summary>
    public string Model { get; init; } = "spiking-resnet18";

    /// <summary>Channels of the first stage.</summary>
    public int Width { get; init; } = 64;

    /// <summary>T, where it is a spiking network.</summary>
    public int Timesteps { get; init; } = 4;

    /// <summary>Its neurons.</summary>
    public Neuron Neuron { get; init; } = new();

    /// <summary>How an image becomes T time-steps of input.</summary>
    public Encoder Encoder { get; init; }

    /// <summary>Padding of its stem; the authors' student had 3.</summary>
    public int StemPadding { get; init; } = 1;

    /// <summary>The network for a number of classes.</summary>
    /// <exception cref="ArgumentException">There is no such network.</exception>
    public ModelSpec For(int classes)
    {
        var (kind, depth) = ModelSpec.Parse(Model);
        bool spiking = kind != ModelKind.Ann;
        if (Timesteps < 1) throw new SettingException($"{RunSettings.Timesteps} must be at least 1, got {Timesteps}");
        var spec = new ModelSpec(
            kind, depth, Width, classes, StemPadding, spiking ? Timesteps : 1, spiking ? Neuron : null, spiking ? Encoder : Encoder.Direct);
        spec.Validate();
        return spec;
    }
}
