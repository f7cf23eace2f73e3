using CommandLine;
using CommandLine.Text;
using Idsnn.Measure;
using Idsnn.Runs;
using Idsnn.Training;

namespace Idsnn.Tools.Train;

[Verb("bench", HelpText = "Time whole training steps on data that is already on the device.")]
internal sealed class BenchVerb : NetworkVerb
{
    [Option('b', "batch-size", Default = 16, HelpText = "Images per step.")]
    public int BatchSize { get; set; }

    [Option("steps", Default = 5, HelpText = "Timed steps.")]
    public int Steps { get; set; }

    [Option("op", HelpText = "Time one operation at the model's shapes instead: conv2d, linear, bn-lif, sgd or adamw.")]
    public string? Op { get; set; }

    [Option("no-graph", HelpText = "On CUDA: launch kernel by kernel instead of replaying a captured step.")]
    public bool NoGraph { get; set; }

    [Option("json", HelpText = "Write the result to this file as well.")]
    public string? JsonFile { get; set; }

    [Usage(ApplicationAlias = "dotnet run -c Release --project tools/Train --")]
    public static IEnumerable<Example> Examples =>
    [
        new("A narrow network, a few steps", new BenchVerb { Width = "16", BatchSize = 32, Steps = 3 }),
    ];

    public override int Run(Session session)
    {
        const int classes = 10;
        if (BatchSize < 1) throw new ArgumentException($"--batch-size must be at least 1, got {BatchSize}");
        if (Steps < 1) throw new ArgumentException($"--steps must be at least 1, got {Steps}");
        ResultFile.Require("--json", JsonFile);
        var spec = RunSettings.Read(Given());
        var (student, teacher) = Networks(spec, classes);
        if (Op is not null && !OpBenchmark.Operations.Contains(Op))
        {
            throw new ArgumentException($"--op: '{Op}' is not one of {string.Join(", ", OpBenchmark.Operations)}");
        }

        using var device = Open(spec);
        if (Op is not null)
        {
            var result = OpBenchmark.Run(device, Op, BatchSize, spec.Student.Timesteps, student.Width);
            session.Log(result.ToString());
            ResultFile.Write(JsonFile, result.ToJson());
            return 0;
        }

        MemoryCheck.OfSteps(device, student, teacher, BatchSize, batch => Benchmark.Rehearse(device, student, teacher, batch));
        string json = Benchmark.Run(device, student, teacher, BatchSize, Steps, !NoGraph).ToJson();
        session.Log(json);
        ResultFile.Write(JsonFile, json);
        return 0;
    }
}
