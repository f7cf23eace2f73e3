using System.Globalization;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Idsnn.Engine;

namespace Idsnn.Models;

/// <summary>How a residual block computes.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ModelKind>))]
public enum ModelKind
{
    /// <summary>The ordinary ResNet: ReLU (Fig. 1a).</summary>
    Ann,

    /// <summary>Neuron after the addition (Fig. 1b).</summary>
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
}

/// <summary>Everything that makes one network of the family; a checkpoint carries it.</summary>
/// <param name="Kind">The kind of block.</param>
/// <param name="Depth">18, 34 (basic blocks), 50, 101, 152 (bottlenecks).</param>
/// <param name="Width">Channels of the first stage; 64 is the published network.</param>
/// <param name="Classes">Outputs.</param>
/// <param name="StemPadding">Padding of the 3×3 stem: 1, or the 3 of the authors' student.</param>
/// <param name="Timesteps">T; 1 for an ordinary ResNet.</param>
/// <param name="Neuron">The spiking neuron; null for an ordinary ResNet.</param>
/// <param name="Encoder">The input encoder of a spiking network.</param>
public sealed partial record ModelSpec(
    ModelKind Kind, int Depth, int Width, int Classes, int StemPadding = 1, int Timesteps = 1, Neuron? Neuron = null,
    Encoder Encoder = Encoder.Direct)
{
    /// <summary>Image channels.</summary>
    public const int ImageChannels = 3;

    /// <summary>Height and width of images, in pixels: the least and the most.</summary>
    public const int MinImageSize = 8, MaxImageSize = 512;

    private const int MaxWidth = 1024, MaxTimesteps = 1024, MaxClasses = 100_000;

    private static readonly Dictionary<int, int[]> BlocksOfDepth = new()
    {
        [18] = [2, 2, 2, 2],
        [34] = [3, 4, 6, 3],
        [50] = [3, 4, 6, 3],
        [101] = [3, 4, 23, 3],
        [152] = [3, 8, 36, 3],
    };

    /// <summary>The depths of the family.</summary>
    public static IEnumerable<int> Depths => BlocksOfDepth.Keys;

    /// <summary>Blocks of each of the four stages.</summary>
    [JsonIgnore]
    public IReadOnlyList<int> Blocks => BlocksOfDepth[Depth];

    /// <summary>Whether blocks are bottlenecks (1×1, 3×3, 1×1 to four times the channels).</summary>
    [JsonIgnore]
    public bool Bottleneck => Depth >= 50;

    /// <summary>Whether it is a spiking network.</summary>
    [JsonIgnore]
    public bool IsSpiking => Kind != ModelKind.Ann;

    /// <summary>The name on the command line: resnet18, spiking-resnet18, sew-resnet18, ms-resnet18, …</summary>
    [JsonIgnore]
    public string Name => (Kind switch
    {
        ModelKind.Ann => string.Empty,
        ModelKind.Spiking => "spiking-",
        ModelKind.Sew => "sew-",
        _ => "ms-",
    }) + $"resnet{Depth}";

    /// <summary>Kind and depth of a name.</summary>
    /// <exception cref="ArgumentException">No such model; the message lists the names.</exception>
    public static (ModelKind Kind, int Depth) Parse(string name)
    {
        var match = NamePattern().Match(name.ToLowerInvariant());
        if (!match.Success || !BlocksOfDepth.ContainsKey(int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture)))
        {
            throw new ArgumentException(
                $"unknown model '{name}'; use [spiking-|sew-|ms-]resnet{{{string.Join('|', Depths)}}}, such as resnet34 or spiking-resnet18");
        }

        var kind = match.Groups[1].Value switch
        {
            "spiking-" => ModelKind.Spiking,
            "sew-" => ModelKind.Sew,
            "ms-" => ModelKind.Ms,
            _ => ModelKind.Ann,
        };
        return (kind, int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture));
    }

    /// <summary>Checks that such a network can be built.</summary>
    /// <exception cref="ArgumentException">It cannot; the message says which value and what is allowed.</exception>
    public void Validate()
    {
        Check(BlocksOfDepth.ContainsKey(Depth), $"depth must be one of {string.Join(", ", Depths)}, got {Depth}");
        Check(Enum.IsDefined(Kind) && Enum.IsDefined(Encoder), $"there is no kind of network {(int)Kind} with encoder {(int)Encoder}");
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
        }
    }

    private static void Check(bool holds, FormattableString message)
    {
        if (!holds) throw new ArgumentException(FormattableString.Invariant(message));
    }

    [GeneratedRegex("^(spiking-|sew-|ms-|)resnet([0-9]{2,3})$")]
    private static partial Regex NamePattern();
}
