using Idsnn.Models;

namespace Idsnn.Training;

/// <summary>The network that a run is about.</summary>
public sealed record StudentSpec
{
    /// <summary>Its name, as <see cref="ModelName"/> has it.</summary>
    public string Model { get; init; } = "spiking-resnet18";

    /// <summary>Channels of the first stage; null for as many as published.</summary>
    public int? Width { get; init; }

    /// <summary>T, where it is a spiking network.</summary>
    public int Timesteps { get; init; } = 4;

    /// <summary>Its neurons.</summary>
    public NeuronSpec Neuron { get; init; } = new();

    /// <summary>How an image becomes T time-steps of input.</summary>
    public Encoder Encoder { get; init; }

    /// <summary>Padding of its stem; the authors' student had 3.</summary>
    public int StemPadding { get; init; } = 1;
}
