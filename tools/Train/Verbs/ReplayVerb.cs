using CommandLine;
using CommandLine.Text;
using Idsnn.Datasets;
using Idsnn.Engine;
using Idsnn.Models;
using Idsnn.Training;

namespace Idsnn.Tools.Train;

[Verb("replay", HelpText = "Repeat a recorded training step and compare, or record one: how a device or driver is checked.")]
internal sealed class ReplayVerb : NetworkVerb
{
    private const int Classes = 10;

    [Option("trace", HelpText = "The trace to replay.")]
    public string? Trace { get; set; }

    [Option("record", HelpText = "Record a trace of this device's own run into this file instead.")]
    public string? RecordFile { get; set; }

    [Option("init", Default = "prefix", HelpText = "Of a recording: prefix, even or none.")]
    public string Init { get; set; } = string.Empty;

    [Option("kd-alpha", Default = 0.3f, HelpText = "Of a recording.")]
    public float Alpha { get; set; }

    [Option('b', "batch-size", Default = 4, HelpText = "Of a recording.")]
    public int BatchSize { get; set; }

    [Option("image-size", Default = 32, HelpText = "Of a recording.")]
    public int ImageSize { get; set; }

    [Option("json", HelpText = "Write the result to this file as well.")]
    public string? JsonFile { get; set; }

    [Usage(ApplicationAlias = "dotnet run -c Release --project tools/Train --")]
    public static IEnumerable<Example> Examples =>
    [
        new("Record a step on this device, to replay it elsewhere", new ReplayVerb { RecordFile = "step.safetensors", DeviceName = "cpu" }),
    ];

    public override int Run(Session session)
    {
        if (Trace is null == RecordFile is null) throw new ArgumentException("give either --trace FILE to replay or --record FILE to record");
        ResultFile.Require("--json", JsonFile);
        ResultFile.Require("--record", RecordFile);
        return Trace is not null ? Replay(session) : Record(session);
    }

    private int Replay(Session session)
    {
        if (!File.Exists(Trace)) throw new FileNotFoundException($"trace '{Trace}' is not there");
        var trace = SafetensorsFile.Load(Trace!);
        _ = TraceOptions.Of(trace);
        using var device = Open(precision: Precision.Full);
        var result = TraceReplay.Run(device, trace);
        session.Log(result.ToJson());
        ResultFile.Write(JsonFile, result.ToJson());
        return result.Passed ? 0 : 1;
    }

    private int Record(Session session)
    {
        var student = StudentSpec(Classes);
        if (BatchSize < 1 || ImageSize is < ModelSpec.MinImageSize or > ModelSpec.MaxImageSize)
        {
            throw new ArgumentException(
                $"--batch-size must be at least 1 and --image-size from {ModelSpec.MinImageSize} to {ModelSpec.MaxImageSize}, got {BatchSize} and {ImageSize}");
        }

        if (!(Alpha >= 0f) || !float.IsFinite(Alpha)) throw new ArgumentException(FormattableString.Invariant($"--kd-alpha must be at least 0, got {Alpha}"));
        if (student.Encoder != Encoder.Direct) throw new ArgumentException("--encoder: a trace is of the direct encoder");
        var mapping = InitMapping(Init);
        var teacher = TeacherSpec(Classes);
        if (mapping is { } map) AnnInitializer.RequireFit(student, teacher, map, ShortcutInit.Random);
        var options = new TraceOptions
        {
            Family = student.Family.ToString().ToLowerInvariant(),
            Pooling = student.Pooling.ToString().ToLowerInvariant(),
            Depth = student.Depth,
            Kind = student.Kind.ToString().ToLowerInvariant(),
            Width = student.Width,
            Classes = Classes,
            Timesteps = Timesteps,
            NeuronKind = NeuronName.ToLowerInvariant(),
            InitialMembrane = InitialMembrane,
            FiresAtThreshold = FiresAtThreshold,
            Decay = student.Neuron?.Decay ?? 0f,
            Threshold = Threshold,
            Lens = SurrogateWidth,
            AttachReset = AttachReset,
            Reset = ResetName.ToLowerInvariant(),
            Surrogate = SurrogateName.ToLowerInvariant(),
            StemPadding = StemPadding,
            Batch = BatchSize,
            Size = ImageSize,
            Alpha = Alpha,
            TeacherFamily = teacher.Family.ToString().ToLowerInvariant(),
            TeacherDepth = teacher.Depth,
            TeacherWidth = teacher.Width,
            Init = Init.ToLowerInvariant(),
            Seed = (long)Seed,
        };
        using var device = Open(precision: Precision.Full);
        TraceRecorder.Record(device, options).Save(RecordFile!);
        session.Log(SafeText.Of($"recorded on {device.Info.Id}; replay it elsewhere: replay --trace {RecordFile} --device NAME"));
        return 0;
    }
}
