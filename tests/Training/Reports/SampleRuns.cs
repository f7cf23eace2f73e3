using Idsnn.Engine;
using Idsnn.Models;
using Idsnn.Training;

namespace Idsnn.Tests.Training;

/// <summary>Runs that never took place: their numbers come from formulas, in the shapes that real ones have.</summary>
internal static class SampleRuns
{
    /// <summary>A PNG file of one red pixel.</summary>
    public const string Pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC";

    private static readonly string[] Animals = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

    /// <summary>The whole method, to its end: 60 epochs each, milestones at 30 and 45, ten classes, T = 4.</summary>
    public static RunRecord Finished { get; } = Make("20260102-030405-spiking-resnet18", 60, 4, 0.9);

    /// <summary>The same, stopped in the student's ninth epoch.</summary>
    public static RunRecord Unfinished { get; } = Stopped(Finished with { Path = "runs/stopped" }, 8);

    /// <summary>A student whose teacher was trained before, with another seed and fewer time-steps.</summary>
    public static RunRecord Loaded { get; } = WithoutTeacher(Make("loaded", 40, 2, 0.86));

    /// <summary>A teacher alone.</summary>
    public static RunRecord TeacherAlone { get; } = OnlyTeacher(Finished with { Path = "runs/teacher" });

    /// <summary>A hundred classes.</summary>
    public static RunRecord Hundred { get; } = Make("hundred", 30, 6, 0.7, [.. Enumerable.Range(0, 100).Select(k => $"class {k}")]);

    /// <summary>A run that has a configuration and nothing else.</summary>
    public static RunRecord Empty { get; } = Finished with { Path = "runs/empty", Epochs = [], Results = null };

    private static RunRecord Make(string name, int epochs, int timesteps, double top, string[]? classes = null)
    {
        classes ??= Animals;
        var teacher = new ModelSpec(ModelKind.Ann, 34, 64, classes.Length);
        var student = new ModelSpec(ModelKind.Spiking, 18, 64, classes.Length, 1, timesteps, new Neuron());
        string options = $"stage=pipeline dataset=cifar10 epochs={epochs} teacher-epochs={epochs} batch-size=64 lr=0.05 momentum=0.9 "
            + "weight-decay=0.0001 schedule=multistep lr-milestones=30,45 init=prefix shortcuts=random bn-gamma=1 kd-alpha=0.3 "
            + $"kd-temperature=4 seed=0 decay=0.25 threshold=0.5 timesteps={timesteps}";
        var data = new RunDataset($"Made-up-{classes.Length}", 50_000, 10_000, classes, new string('0', 64));
        string[] arguments = ["train", "--dataset", "cifar10", "--data-path", "my data", "--epochs", $"{epochs}"];
        var config = new RunConfig(
            "0.1.0", "0123abcd", "2026-01-02T03:04:05", arguments, new("opencl:0", "made-up device"), data, teacher, student,
            options.Split(' ').Select(option => option.Split('=')).ToDictionary(option => option[0], option => option[1]));
        var rows = Rows("teacher", epochs, top + 0.03, 0).Concat(Rows("student", epochs, top, 0.14)).ToList();
        return new RunRecord($"runs/{name}", config, rows, Results(config, rows));
    }

    private static IEnumerable<EpochRow> Rows(string network, int epochs, double top, double rate)
    {
        var draw = new Draw(epochs + network.Length);
        for (int epoch = 1; epoch <= epochs; epoch++)
        {
            double t = epoch / (double)epochs, drop = t <= 0.5 ? 1 : t <= 0.75 ? 0.1 : 0.01;
            double test = (top * (1 - (0.7 * Math.Exp(-9 * t)))) - (0.06 * Math.Sqrt(drop)) + (0.03 * Math.Sqrt(drop) * draw.Next());
            double train = Math.Min(0.995, (1.06 * top * (1 - (0.75 * Math.Exp(-7 * t)))) - (0.05 * Math.Sqrt(drop)));
            double kl = rate == 0 ? 0 : 0.05 + (0.3 * Math.Exp(-6 * t)) + (0.02 * drop), ce = 0.02 - (1.15 * Math.Log(train));
            yield return new EpochRow(
                network, epoch, 0.05 * drop, ce + (0.3 * 16 * kl), Tiny.Terms(ce, kl), train, 0.1 - (1.3 * Math.Log(test)), test,
                rate * (1 - (0.25 * t)), 0.4 + (3 * Math.Exp(-5 * t)) + (0.2 * draw.Next(0)));
        }
    }

    private static RunResults Results(RunConfig config, IReadOnlyList<EpochRow> rows)
    {
        NetworkResult Result(string network, ModelSpec model, long parameters)
        {
            var own = rows.Where(row => row.Network == network).ToList();
            var best = own.MaxBy(row => row.TestAccuracy)!;
            return new(
                network, model.Name, model.Width, model.Timesteps, parameters, own.Count, own[^1].TestAccuracy, best.TestAccuracy,
                best.Epoch);
        }

        return new RunResults(
            [Result("teacher", config.Teacher!, 21_282_122), Result("student", config.Student!, 11_173_962)],
            [new("teacher", 4_210.5, 712.4), new("student", 15_120, 198.25), new("insight", 64.2, 0)],
            Insight(config, rows[^1].TestAccuracy));
    }

    private static NetworkInsight Insight(RunConfig config, double accuracy)
    {
        int classes = config.Dataset.ClassNames.Count, each = 10_000 / classes, timesteps = config.Student!.Timesteps;
        var draw = new Draw(classes);
        int[][] confusion = [.. Enumerable.Range(0, classes).Select(_ => new int[classes])];
        for (int k = 0; k < classes; k++)
        {
            // Classes next to each other are taken for each other most often.
            double own = Math.Clamp(accuracy + (0.08 * draw.Next()), 0.05, 0.99);
            for (int i = 0; i < each; i++)
            {
                int other = draw.Next(0) < 0.4f ? k ^ 1 : draw.Index(classes);
                confusion[k][draw.Next(0) < own ? k : Math.Min(other, classes - 1)]++;
            }
        }

        string[] shapes = ["32×32×64", "16×16×128", "8×8×256", "4×4×512"];
        double Rate(int layer, int t) =>
            Math.Max(0, (0.26 - (0.011 * layer)) * (0.75 + (0.25 * t / timesteps)) * (1 + (0.5 * draw.Next())));
        var layers = Enumerable.Range(0, 17).Select(i => new LayerActivity(
            i == 0 ? "bn1" : $"layer{((i - 1) / 4) + 1}.{(i - 1) / 2 % 2}.bn{((i - 1) % 2) + 1}", shapes[Math.Max(i - 1, 0) / 4],
            [.. Enumerable.Range(1, timesteps).Select(t => Rate(i, t))],
            Math.Max(0, (0.03 * i) - 0.2), 0.01 * draw.Next(0), 0.45 - (0.02 * i))).ToList();
        var samples = Enumerable.Range(0, 24).Select(i => new SamplePrediction(
            Pixel, i % classes, i % 5 == 3 ? (i + 2) % classes : i % classes, i % 5 == 3 ? 0.48 : 0.9 + (0.004 * i))).ToList();
        return new NetworkInsight(
            "student", 10_000, config.Dataset.ClassNames, confusion, layers,
            [.. Enumerable.Range(1, timesteps).Select(t => accuracy - (0.12 * Math.Exp(-1.2 * t)))],
            new(7.08e6, 2.1e8, 4.6, 0.9, 5.554e8), new(1.16e9, 0, 4.6, 0.9, 1.1594e9), samples);
    }

    private static RunRecord Stopped(RunRecord run, int epoch) => run with
    {
        Epochs = [.. run.Epochs.Where(row => row.Network == "teacher" || row.Epoch <= epoch)],
        Results = null,
    };

    private static RunRecord WithoutTeacher(RunRecord run) => run with
    {
        Config = run.Config with
        {
            TeacherAccuracy = 0.9151,
            Options = new Dictionary<string, string>(run.Config.Options)
            {
                ["seed"] = "7",
                ["teacher-checkpoint"] = "teacher/best.safetensors",
            },
        },
        Epochs = [.. run.Epochs.Where(row => row.Network == "student")],
        Results = run.Results! with { Networks = [run.Results.Networks[1]], Stages = [.. run.Results.Stages.Skip(1)] },
    };

    private static RunRecord OnlyTeacher(RunRecord run) => run with
    {
        Config = run.Config with { Student = null },
        Epochs = [.. run.Epochs.Where(row => row.Network == "teacher")],
        Results = new RunResults([run.Results!.Networks[0]], [run.Results.Stages[0]], run.Results.Insight! with
        {
            Network = "teacher",
            Layers = [],
            AccuracyByTimestep = [0.93],
            Energy = new(1.16e9, 0, 4.6, 0.9),
            TeacherEnergy = null,
        }),
    };
}
