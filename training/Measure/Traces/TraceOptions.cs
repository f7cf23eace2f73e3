using System.Text.Json;
using System.Text.Json.Serialization;
using Idsnn.Engine;
using Idsnn.Models;

namespace Idsnn.Measure;

/// <summary>
/// The options of a trace, as its header states them: tests/reference/README.md describes the format, which PyTorch's recorder and
/// <see cref="TraceRunner"/> share. An option that a header lacks has its default; the generated reader keeps those of settable
/// properties alone, which is why these are.
/// </summary>
public sealed record TraceOptions
{
    private const string MetadataKey = "trace";

    private static readonly RunSpec Defaults = new();

    /// <summary>resnet or vgg.</summary>
    public string Family { get; set; } = "resnet";

    /// <summary>max or average, between the stages of a vgg.</summary>
    public string Pooling { get; set; } = "max";

    /// <summary>A depth of the family.</summary>
    public int Depth { get; set; } = 18;

    /// <summary>ann, spiking, sew or ms.</summary>
    public string Kind { get; set; } = "spiking";

    /// <summary>Channels of the first stage.</summary>
    public int Width { get; set; } = 8;

    /// <summary>Outputs.</summary>
    public int Classes { get; set; } = 10;

    /// <summary>T.</summary>
    public int Timesteps { get; set; } = Defaults.Student.Timesteps;

    /// <summary>lif, if or plif.</summary>
    public string NeuronKind { get; set; } = "lif";

    /// <summary>u₀, the membrane before the first time-step.</summary>
    public float InitialMembrane { get; set; }

    /// <summary>Whether a membrane that equals the threshold fires.</summary>
    public bool FiresAtThreshold { get; set; }

    /// <summary>e^(−1/τ); 1 of an IF neuron, and of a PLIF neuron where it starts.</summary>
    public float Decay { get; set; } = Defaults.Student.Neuron.Build().Decay;

    /// <summary>U_th.</summary>
    public float Threshold { get; set; } = Defaults.Student.Neuron.Threshold;

    /// <summary>The surrogate's half width.</summary>
    public float Lens { get; set; } = Defaults.Student.Neuron.SurrogateWidth;

    /// <summary>Whether gradients flow through the reset.</summary>
    public bool AttachReset { get; set; }

    /// <summary>hard or soft.</summary>
    public string Reset { get; set; } = "hard";

    /// <summary>rectangle, triangle, sigmoid or arctan.</summary>
    public string Surrogate { get; set; } = "rectangle";

    /// <summary>Padding of the student's stem.</summary>
    public int StemPadding { get; set; } = Defaults.Student.StemPadding;

    /// <summary>Images per step.</summary>
    public int Batch { get; set; } = 4;

    /// <summary>Height and width of the images.</summary>
    public int Size { get; set; } = 32;

    /// <summary>Training steps.</summary>
    public int Steps { get; set; } = 1;

    /// <summary>Learning rate.</summary>
    public double Lr { get; set; } = Defaults.Rate.Base;

    /// <summary>sgd or adamw.</summary>
    public string Optimizer { get; set; } = "sgd";

    /// <summary>Momentum of SGD.</summary>
    public float Momentum { get; set; } = Defaults.Optimizer.Momentum;

    /// <summary>β₁ of AdamW.</summary>
    public double Beta1 { get; set; } = Defaults.Optimizer.Beta1;

    /// <summary>β₂ of AdamW.</summary>
    public double Beta2 { get; set; } = Defaults.Optimizer.Beta2;

    /// <summary>ε of AdamW.</summary>
    public float Epsilon { get; set; } = Defaults.Optimizer.Epsilon;

    /// <summary>L2 penalty of SGD; AdamW's decoupled weight decay.</summary>
    public float WeightDecay { get; set; } = Defaults.Optimizer.WeightDecay;

    /// <summary>α; 0: no distillation.</summary>
    public float Alpha { get; set; } = Defaults.Objective.Alpha;

    /// <summary>Temperature of the distillation.</summary>
    public float Temperature { get; set; } = Defaults.Objective.Temperature;

    /// <summary>Weight of the distillation of pooled features; 0: none.</summary>
    public float FeatureWeight { get; set; }

    /// <summary>Whether the loss is that of each time-step's read-out, averaged over time.</summary>
    public bool PerStep { get; set; }

    /// <summary>The teacher's family.</summary>
    public string TeacherFamily { get; set; } = "resnet";

    /// <summary>The teacher's depth.</summary>
    public int TeacherDepth { get; set; } = 34;

    /// <summary>The teacher's width; null for the student's.</summary>
    public int? TeacherWidth { get; set; }

    /// <summary>none, prefix or even.</summary>
    public string Init { get; set; } = "none";

    /// <summary>random or copy.</summary>
    public string Shortcuts { get; set; } = "random";

    /// <summary>The recorder's seed.</summary>
    public long Seed { get; set; }

    /// <summary>What the expectations were computed in.</summary>
    public string Dtype { get; set; } = "float32";

    /// <summary>The student.</summary>
    [JsonIgnore]
    public ModelSpec Student
    {
        get
        {
            var kind = Parse<ModelKind>(Kind, "kind");
            bool spiking = kind != ModelKind.Ann;
            return new ModelSpec(
                kind, Depth, Width, Classes, StemPadding, spiking ? Timesteps : 1, spiking ? Neuron : null,
                Family: Parse<Family>(Family, "family"), Pooling: Parse<Pooling>(Pooling, "pooling"));
        }
    }

    /// <summary>The teacher; null where neither loss nor initialisation needs one.</summary>
    [JsonIgnore]
    public ModelSpec? Teacher => Objective.NeedsTeacher || Init != "none" ? TeacherSpec : null;

    /// <summary>The loss.</summary>
    [JsonIgnore]
    public Objective Objective => new(Alpha, Temperature, PerStep: PerStep)
    {
        Further = FeatureWeight > 0f ? [new FeatureDistillation(FeatureWeight)] : [],
    };

    /// <summary>The update.</summary>
    [JsonIgnore]
    public UpdateOptions Update => new(Parse<OptimizerKind>(Optimizer, "optimizer") switch
    {
        OptimizerKind.AdamW => new AdamWOptions(Beta1, Beta2, Epsilon, WeightDecay),
        _ => new SgdOptions(Momentum, WeightDecay),
    });

    /// <summary>The block mapping; null without initialisation.</summary>
    [JsonIgnore]
    public BlockMapping? Mapping => Init == "none" ? null : Parse<BlockMapping>(Init, "init");

    /// <summary>What becomes of the shortcuts.</summary>
    [JsonIgnore]
    public ShortcutInit ShortcutInit => Parse<ShortcutInit>(Shortcuts, "shortcuts");

    private ModelSpec TeacherSpec
    {
        get
        {
            var family = Parse<Family>(TeacherFamily, "teacher_family");
            var pooling = family == Models.Family.Vgg ? Parse<Pooling>(Pooling, "pooling") : Models.Pooling.Max;
            return new ModelSpec(ModelKind.Ann, TeacherDepth, TeacherWidth ?? Width, Classes, Family: family, Pooling: pooling);
        }
    }

    private Neuron Neuron => new(
        Decay, Threshold, Lens, Parse<Surrogate>(Surrogate, "surrogate"), Parse<Reset>(Reset, "reset"), !AttachReset,
        Parse<NeuronKind>(NeuronKind, "neuron_kind"), InitialMembrane, FiresAtThreshold);

    /// <summary>Reads the options of a trace.</summary>
    /// <exception cref="InvalidDataException">The file is no trace.</exception>
    public static TraceOptions Of(SafetensorsFile file)
    {
        if (!file.Metadata.TryGetValue(MetadataKey, out string? json))
        {
            throw new InvalidDataException($"the file is no trace: its header has no metadata '{MetadataKey}'");
        }

        try
        {
            var options = JsonSerializer.Deserialize(json, TraceJson.Default.TraceOptions)
                ?? throw new JsonException("the options are empty");
            options.Validate();
            return options;
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new InvalidDataException($"the trace's options cannot be used: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    private void Validate()
    {
        if (Steps < 1) throw new JsonException($"the number of steps must be at least 1, got {Steps}");
        if (Alpha > 0f && !(Temperature > 0f)) throw new JsonException($"the temperature must be above 0, got {Temperature}");
        _ = Update;
        Student.Validate();
        Teacher?.Validate();
        if (Mapping is { } mapping) AnnInitializer.RequireFit(Student, Teacher!, mapping, ShortcutInit);
    }

    /// <summary>Writes the options into a trace.</summary>
    public void WriteTo(SafetensorsFile file) =>
        file.Metadata[MetadataKey] = JsonSerializer.Serialize(this, TraceJson.Default.TraceOptions);

    private static T Parse<T>(string value, string key)
        where T : struct, Enum => Enum.TryParse<T>(value, ignoreCase: true, out var parsed) && Enum.IsDefined(parsed)
        ? parsed
        : throw new InvalidDataException($"the trace's {key} is '{value}'; known: {string.Join(", ", Enum.GetNames<T>())}");
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(TraceOptions))]
internal sealed partial class TraceJson : JsonSerializerContext;
