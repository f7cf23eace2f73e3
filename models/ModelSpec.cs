using System.Text.Json.Serialization;
using Idsnn.Engine;

namespace Idsnn.Models;

/// <summary>How a network computes: an ordinary one, or a spiking one by how its residual blocks do.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ModelKind>))]
public enum ModelKind
{
    /// <summary>An ordinary network: ReLU (Fig. 1a).</summary>
    Ann,

    /// <summary>Neurons in place of the ReLUs, in a block after the addition (Fig. 1b).</summary>
    Spiking,

    /// <summary>Spike-element-wise: addition after the neuron (Fig. 1c).</summary>
    Sew,

    /// <summary>Membrane shortcut (Hu et al., MS-ResNet): neuron before each convolution, membranes are added.</summary>
    Ms,
}

/// <summary>How an image becomes T time-steps of input.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Encoder>))]
public enum Encoder
{
    /// <summary>The same image at every time-step.</summary>
    Direct,

    /// <summary>Spikes whose rate is the pixel's value in [0, 1].</summary>
    Poisson,

    /// <summary>A frame of its own at every time-step: images are films of T frames, [T·N, H, W, channels].</summary>
    Frames,
}

/// <summary>What a network is built like.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Family>))]
public enum Family
{
    /// <summary>Residual blocks: <see cref="ResNetLayout"/>.</summary>
    ResNet,

    /// <summary>Plain convolutions and poolings: <see cref="VggLayout"/>.</summary>
    Vgg,
}

/// <summary>What the poolings between the stages of a VGG take of their windows.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Pooling>))]
public enum Pooling
{
    /// <summary>The largest number; of spikes, whether there is one.</summary>
    Max,

    /// <summary>The mean.</summary>
    Average,
}

/// <summary>Everything that makes one network; a checkpoint carries it.</summary>
/// <param name="Kind">Ordinary, or which kind of spiking network.</param>
/// <param name="Depth">Layers, as the literature counts them: <see cref="ResNetLayout.Depths"/>, <see cref="VggLayout.Depths"/>.</param>
/// <param name="Width">Channels of the first stage; <see cref="PublishedWidth"/> is the published network.</param>
/// <param name="Classes">Outputs.</param>
/// <param name="StemPadding">Padding of a ResNet's 3×3 stem: 1, or the 3 of the authors' student.</param>
/// <param name="Timesteps">T; 1 for an ordinary network.</param>
/// <param name="Neuron">The spiking neuron; null for an ordinary network.</param>
/// <param name="Encoder">The input encoder of a spiking network.</param>
/// <param name="Family">What it is built like.</param>
/// <param name="Pooling">The poolings of a VGG.</param>
/// <param name="Channels">Channels of the images.</param>
public sealed record ModelSpec(
    ModelKind Kind, int Depth, int Width, int Classes, int StemPadding = 1, int Timesteps = 1, Neuron? Neuron = null,
    Encoder Encoder = Encoder.Direct, Family Family = Family.ResNet, Pooling Pooling = Pooling.Max,
    int Channels = ModelSpec.ImageChannels)
{
    /// <summary>Channels of colour images.</summary>
    public const int ImageChannels = 3;

    /// <summary>Height and width of images, in pixels: the least and the most.</summary>
    public const int MinImageSize = 8, MaxImageSize = 512;

    private const int MaxChannels = 4, MaxWidth = 1024, MaxTimesteps = 1024, MaxClasses = 100_000;

    /// <summary>Whether it is a spiking network.</summary>
    [JsonIgnore]
    public bool IsSpiking => Kind != ModelKind.Ann;

    /// <summary>The name on the command line: resnet18, spiking-resnet18, sew-resnet18, ms-resnet18, vgg16, spiking-vgg16, …</summary>
    [JsonIgnore]
    public string Name => new ModelName(Family, Kind, Depth).ToString();

    /// <summary>Channels of the first stage as published.</summary>
    public static int PublishedWidth(Family family, int depth) =>
        family == Family.Vgg ? VggLayout.PublishedWidth : ResNetLayout.PublishedWidth(depth);

    /// <summary>Checks that such a network can be built.</summary>
    /// <exception cref="ArgumentException">It cannot; the message says which value and what is allowed.</exception>
    public void Validate()
    {
        Check(
            Enum.IsDefined(Family) && Enum.IsDefined(Pooling), $"there is no family of networks {(int)Family} with pooling {(int)Pooling}");
        var depths = ModelName.Depths(Family);
        Check(depths.Contains(Depth), $"depth must be one of {string.Join(", ", depths)}, got {Depth}");
        Check(Enum.IsDefined(Kind) && Enum.IsDefined(Encoder), $"there is no kind of network {(int)Kind} with encoder {(int)Encoder}");
        Check(
            Family == Family.ResNet || Kind is ModelKind.Ann or ModelKind.Spiking,
            $"{Name} does not exist: SEW and MS are kinds of residual blocks, which a VGG has none of");
        Check(Family == Family.Vgg || Pooling == Pooling.Max, $"{Name} has no poolings between its stages: leave the pooling at Max");
        Check(Family == Family.ResNet || StemPadding == 1, $"{Name} has no stem: leave the stem's padding at 1, got {StemPadding}");
        Check(Channels is >= 1 and <= MaxChannels, $"images have from 1 to {MaxChannels} channels, got {Channels}");
        Check(Width is >= 1 and <= MaxWidth, $"width must be from 1 to {MaxWidth}, got {Width}");
        Check(Classes >= 2, $"a classifier needs at least 2 classes, got {Classes}");
        Check(Classes <= MaxClasses, $"a classifier has at most {MaxClasses} classes, got {Classes}");
        Check(StemPadding is >= 0 and <= 16, $"the stem's padding must be from 0 to 16, got {StemPadding}");
        Check(Timesteps is >= 1 and <= MaxTimesteps, $"the number of time-steps must be from 1 to {MaxTimesteps}, got {Timesteps}");
        Check(IsSpiking || Timesteps == 1, $"{Name} has no time: its number of time-steps is 1, got {Timesteps}");
        Check(IsSpiking || Encoder == Encoder.Direct, $"{Name} takes images as they are: its encoder is Direct");
        Check(IsSpiking == Neuron is not null, $"{Name} {(IsSpiking ? "needs a neuron" : "has no neuron")}");
        if (Neuron is { } n)
        {
            Check(n.Decay is >= 0f and <= 1f, $"the neuron's decay must lie in [0, 1], got {n.Decay}");
            Check(n.Width > 0f && float.IsFinite(n.Width), $"the surrogate's width must be above 0, got {n.Width}");
            Check(n.Threshold > 0f && float.IsFinite(n.Threshold), $"the neuron's threshold must be above 0, got {n.Threshold}");
            Check(
                Enum.IsDefined(n.Surrogate) && Enum.IsDefined(n.Reset),
                $"there is no neuron with surrogate {(int)n.Surrogate} and reset {(int)n.Reset}");
            Check(n.Contradiction is null, $"{n.Contradiction}");
        }
    }

    private static void Check(bool holds, FormattableString message)
    {
        if (!holds) throw new ArgumentException(FormattableString.Invariant(message));
    }
}
