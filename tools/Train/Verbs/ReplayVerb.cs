using CommandLine;
using CommandLine.Text;
using Idsnn.Datasets;
using Idsnn.Engine;
using Idsnn.Measure;
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

    [Setting]
    [Option("init", HelpText = "Of a recording: prefix, even or none.")]
    public string? Init { get; set; }

    [Setting]
    [Option("kd-alpha", HelpText = "Of a recording.")]
    public string? Alpha { get; set; }

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
        if (Trace is null == RecordFile is null)
        {
            throw new ArgumentException("give either --trace FILE to replay or --record FILE to record");
        }

        ResultFile.Require("--json", JsonFile);
        ResultFile.Require("--record", RecordFile);
        var spec = RunSettings.Read(Given());
        return Trace is not null ? Replay(spec, session) : Record(spec, session);
    }

    private int Replay(RunSpec spec, Session session)
    {
        if (!File.Exists(Trace)) throw new FileNotFoundException($"trace '{Trace}' is not there");
        var trace = SafetensorsFile.Load(Trace!);
        _ = TraceOptions.Of(trace);
        using var device = Open(spec, precision: Idsnn.Engine.Precision.Full);
        var result = TraceReplay.Run(device, trace);
        session.Log(result.ToJson());
        ResultFile.Write(JsonFile, result.ToJson());
        return result.Passed ? 0 : 1;
    }

    private int Record(RunSpec spec, Session session)
    {
        var student = spec.StudentModel(Classes);
        if (BatchSize < 1 || ImageSize is < ModelSpec.MinImageSize or > ModelSpec.MaxImageSize)
        {
            throw new ArgumentException(
                $"--batch-size must be at least 1 and --image-size from {ModelSpec.MinImageSize} to {ModelSpec.MaxImageSize}, got "
                    + $"{BatchSize} and {ImageSize}");
        }

        spec.Validate();
        if (student.Encoder != Models.Encoder.Direct) throw new ArgumentException("--encoder: a trace is of the direct encoder");
        var teacher = spec.TeacherModel(Classes);
        if (spec.Mapping is { } map) AnnInitializer.RequireFit(student, teacher, map, ShortcutInit.Random);
        var neuron = spec.Student.Neuron.Build();
        var options = new TraceOptions
        {
            Family = student.Family.ToString().ToLowerInvariant(),
            Pooling = student.Pooling.ToString().ToLowerInvariant(),
            Depth = student.Depth,
            Kind = student.Kind.ToString().ToLowerInvariant(),
            Width = student.Width,
            Classes = Classes,
            Timesteps = spec.Student.Timesteps,
            NeuronKind = neuron.Kind.ToString().ToLowerInvariant(),
            InitialMembrane = neuron.InitialMembrane,
            FiresAtThreshold = neuron.FiresAtThreshold,
            Decay = student.Neuron?.Decay ?? 0f,
            Threshold = neuron.Threshold,
            Lens = neuron.Width,
            AttachReset = !neuron.DetachReset,
            Reset = neuron.Reset.ToString().ToLowerInvariant(),
            Surrogate = neuron.Surrogate.ToString().ToLowerInvariant(),
            StemPadding = student.StemPadding,
            Batch = BatchSize,
            Size = ImageSize,
            Alpha = spec.Objective.Alpha,
            TeacherFamily = teacher.Family.ToString().ToLowerInvariant(),
            TeacherDepth = teacher.Depth,
            TeacherWidth = teacher.Width,
            Init = RunSettings.Init.Text(spec)!,
            Seed = (long)spec.Seed,
        };
        using var device = Open(spec, precision: Idsnn.Engine.Precision.Full);
        TraceRecorder.Record(device, options).Save(RecordFile!);
        session.Log(SafeText.Of($"recorded on {device.Info.Id}; replay it elsewhere: replay --trace {RecordFile} --device NAME"));
        return 0;
    }
}
