using CommandLine;
using Idsnn.Engine;
using Idsnn.Models;

namespace Idsnn.Tools.Train;

/// <summary>The options of every verb that builds networks.</summary>
internal abstract class NetworkVerb : Verb
{
    [Option("model", Default = "spiking-resnet18", HelpText = "The student: [spiking-|sew-|ms-]resnet{18|19|20|32|34|44|50|56|101|152} or [spiking-]vgg{11|13|16|19}.")]
    public string Model { get; set; } = string.Empty;

    [Option("teacher", Default = "resnet34", HelpText = "The teacher: an ordinary one of these.")]
    public string Teacher { get; set; } = string.Empty;

    [Option("width", HelpText = "Channels of the first stage; as published if left out: 64, in resnet19 128, in resnet20 to 56 16.")]
    public int? Width { get; set; }

    [Option("teacher-width", HelpText = "The teacher's; the student's if left out.")]
    public int? TeacherWidth { get; set; }

    [Option('T', "timesteps", Default = 4, HelpText = "Time-steps of the spiking network.")]
    public int Timesteps { get; set; }

    [Option("neuron", Default = "lif", HelpText = "lif (leaky integrate-and-fire), if (no leak) or plif (each layer trains its decay).")]
    public string NeuronName { get; set; } = string.Empty;

    [Option("decay", HelpText = "Membrane decay e^(-1/tau) of lif, where it starts in plif; 0.25 if left out.")]
    public float? Decay { get; set; }

    [Option("initial-membrane", Default = 0f, HelpText = "Membrane before the first time-step, of lif and if.")]
    public float InitialMembrane { get; set; }

    [Option("fires-at-threshold", HelpText = "A membrane that equals the threshold fires, of lif and if.")]
    public bool FiresAtThreshold { get; set; }

    [Option("threshold", Default = 0.5f, HelpText = "Firing threshold.")]
    public float Threshold { get; set; }

    [Option("surrogate", Default = "rectangle", HelpText = "rectangle, triangle, sigmoid or arctan.")]
    public string SurrogateName { get; set; } = string.Empty;

    [Option("surrogate-width", Default = 0.5f, HelpText = "Half width of the surrogate (lens).")]
    public float SurrogateWidth { get; set; }

    [Option("reset", Default = "hard", HelpText = "hard (to zero) or soft (subtract the threshold).")]
    public string ResetName { get; set; } = string.Empty;

    [Option("attach-reset", HelpText = "Let gradients flow through the reset.")]
    public bool AttachReset { get; set; }

    [Option("encoder", Default = "direct", HelpText = "direct (the image at every step) or poisson.")]
    public string EncoderName { get; set; } = string.Empty;

    [Option("stem-padding", Default = 1, HelpText = "Padding of the student's stem (the authors' had 3).")]
    public int StemPadding { get; set; }

    [Option("pooling", Default = "max", HelpText = "Between the stages of a vgg: max or average.")]
    public string PoolingName { get; set; } = string.Empty;

    [Option("seed", Default = 0ul, HelpText = "Of weights, data order, augmentation and Poisson draws.")]
    public ulong Seed { get; set; }

    [FreeOnResume]
    [Option("device", HelpText = "auto, cuda[:i], opencl[:i] or cpu; else the environment's IDSNN_DEVICE, else auto.")]
    public string? DeviceName { get; set; }

    [Option("precision", HelpText = "fp32, tf32 or bf16 (tensor cores; parameters stay float32); if left out, bf16 where there are tensor cores.")]
    public string? PrecisionName { get; set; }

    /// <summary>The device that the options name.</summary>
    /// <param name="profiling">Whether launches will be profiled.</param>
    /// <param name="precision">The precision where none is named; null for the device's own choice.</param>
    public Device Open(bool profiling = false, Precision? precision = null) =>
        DeviceCatalog.Open(DeviceName, profiling, PrecisionName?.ToLowerInvariant() switch
        {
            null => precision,
            "fp32" => Precision.Full,
            "tf32" => Precision.Tf32,
            "bf16" => Precision.BFloat16,
            _ => throw new ArgumentException($"--precision: '{PrecisionName}' is not one of fp32, tf32, bf16"),
        });

    /// <summary>The block mapping that a word names; null for none.</summary>
    internal static BlockMapping? InitMapping(string word)
    {
        if (word.Equals("none", StringComparison.OrdinalIgnoreCase)) return null;
        foreach (var mapping in Enum.GetValues<BlockMapping>())
        {
            if (word.Equals(mapping.ToString(), StringComparison.OrdinalIgnoreCase)) return mapping;
        }

        throw new ArgumentException($"--init: '{word}' is not one of prefix, even, none");
    }

    /// <summary>The student that the options describe.</summary>
    internal ModelSpec StudentSpec(int classes)
    {
        var (family, kind, depth) = ModelName.Parse(Model);
        bool spiking = kind != ModelKind.Ann;
        var neuronKind = Choice.Parse<NeuronKind>("--neuron", NeuronName);
        var neuron = new Neuron(
            Decay ?? (neuronKind == NeuronKind.If ? 1f : 0.25f), Threshold, SurrogateWidth,
            Choice.Parse<Surrogate>("--surrogate", SurrogateName), Choice.Parse<Reset>("--reset", ResetName), !AttachReset, neuronKind,
            InitialMembrane, FiresAtThreshold);
        var encoder = Choice.Parse<Encoder>("--encoder", EncoderName);
        if (Timesteps < 1) throw new ArgumentException($"--timesteps must be at least 1, got {Timesteps}");
        int width = Width ?? ModelSpec.PublishedWidth(family, depth);
        var spec = new ModelSpec(
            kind, depth, width, classes, StemPadding, spiking ? Timesteps : 1, spiking ? neuron : null, spiking ? encoder : Encoder.Direct,
            family, PoolingOf(family));
        spec.Validate();
        return spec;
    }

    /// <summary>The teacher that the options describe.</summary>
    internal ModelSpec TeacherSpec(int classes)
    {
        var (family, kind, depth) = ModelName.Parse(Teacher);
        if (kind != ModelKind.Ann) throw new ArgumentException($"--teacher must be an ordinary network such as resnet34, got {Teacher}");
        int width = TeacherWidth ?? Width ?? ModelSpec.PublishedWidth(family, depth);
        var spec = new ModelSpec(ModelKind.Ann, depth, width, classes, Family: family, Pooling: PoolingOf(family));
        spec.Validate();
        return spec;
    }

    /// <summary>The poolings, of the networks that have any: a student that has none may learn from a teacher that does.</summary>
    private Pooling PoolingOf(Family family)
    {
        var pooling = Choice.Parse<Pooling>("--pooling", PoolingName);
        return family == Family.Vgg ? pooling : Pooling.Max;
    }
}
