using CommandLine;
using CommandLine.Text;
using Idsnn.Measure;
using Idsnn.Runs;
using Idsnn.Training;

namespace Idsnn.Tools.Train;

[Verb("profile", HelpText = "Show where the time of a training step goes: per kernel, beside the device's peaks, and as T grows.")]
internal sealed class ProfileVerb : NetworkVerb
{
    [Option('b', "batch-size", Default = 16, HelpText = "Images per step.")]
    public int BatchSize { get; set; }

    [Option("steps", Default = 3, HelpText = "Steps to profile.")]
    public int Steps { get; set; }

    [Option("over-t", Default = "1,2,4", HelpText = "Also time the step at these numbers of time-steps; none for no table.")]
    public string OverT { get; set; } = string.Empty;

    [Option("chrome-trace", HelpText = "Write every launch to this file, for chrome://tracing or Perfetto.")]
    public string? TraceFile { get; set; }

    [Usage(ApplicationAlias = "dotnet run -c Release --project tools/Train --")]
    public static IEnumerable<Example> Examples =>
    [
        new("A narrow network, every launch for chrome://tracing", new ProfileVerb { Width = "16", TraceFile = "trace.json" }),
    ];

    public override int Run(Session session)
    {
        const int classes = 10;
        if (BatchSize < 1) throw new ArgumentException($"--batch-size must be at least 1, got {BatchSize}");
        if (Steps < 1) throw new ArgumentException($"--steps must be at least 1, got {Steps}");
        ResultFile.Require("--chrome-trace", TraceFile);
        var spec = RunSettings.Read(Given());
        var (student, teacher) = Networks(spec, classes);
        int[] overT = OverT == "none" || !student.IsSpiking ? [] : Choice.Numbers("--over-t", OverT);
        foreach (int t in overT) (student with { Timesteps = t }).Validate();
        using var device = Open(spec, profiling: true);
        foreach (int t in overT.Append(student.Timesteps))
        {
            var timed = student with { Timesteps = t };
            MemoryCheck.OfSteps(device, timed, teacher, BatchSize, batch => Benchmark.Rehearse(device, timed, teacher, batch));
        }

        var profile = StepProfile.Run(device, student, teacher, BatchSize, Steps, overT);
        session.Log(profile.ToString());
        if (TraceFile is null) return 0;
        using var stream = File.Create(TraceFile);
        profile.WriteChromeTrace(stream);
        return 0;
    }
}
