using Idsnn.Training;

namespace Idsnn.Tools.Train;

/// <summary>How large an experiment is.</summary>
/// <param name="Name">What --scale calls it.</param>
/// <param name="Dataset">Its data; null for those of the paper's experiment.</param>
/// <param name="Width">Channels of the first stage.</param>
/// <param name="TrainImages">The first so many; null for all.</param>
/// <param name="TestImages">The first so many; null for all.</param>
/// <param name="BatchSize">Images per step.</param>
/// <param name="Epochs">Of a student, where the paper trains for 200.</param>
/// <param name="LongEpochs">The same where convergence is the question, which needs more to tell epochs apart.</param>
/// <param name="TeacherEpochs">Of the teacher.</param>
/// <param name="Teacher">The teacher.</param>
/// <param name="AverageDecay">Of the strong recipe's averaged weights; it must forget within the training.</param>
/// <param name="MostTimesteps">The largest T that it is meant for.</param>
internal sealed record ExperimentScale(
    string Name, string? Dataset, int Width, int? TrainImages, int? TestImages, int BatchSize, int Epochs, int LongEpochs,
    int TeacherEpochs,
    string Teacher, float AverageDecay, int MostTimesteps = int.MaxValue)
{
    private static readonly RunSpec Defaults = new(), Strong = Recipes.Start(Recipe.Strong);

    /// <summary>Epochs of the paper's trainings.</summary>
    public static int PaperEpochs => Defaults.Epochs;

    /// <summary>The paper's own.</summary>
    public static readonly ExperimentScale Paper = new(
        "paper", null, Defaults.StudentModel(2).Width, null, null, Defaults.BatchSize!.Value, PaperEpochs, PaperEpochs, PaperEpochs,
        Defaults.Teacher.Model, Strong.AverageDecay);

    /// <summary>About an hour on two cores for the ablation.</summary>
    private static readonly ExperimentScale Cpu = new("cpu", "cifar10", 16, 5000, 2000, 32, 8, 20, 20, Defaults.Teacher.Model, 0.98f);

    /// <summary>Seconds, to see how it works; its figures say nothing.</summary>
    private static readonly ExperimentScale Tiny = new("tiny", "synthetic", 2, 64, 32, 16, 2, 20, 2, "resnet18", 0.5f, 2);

    /// <exception cref="ArgumentException">There is no such scale.</exception>
    public static ExperimentScale Of(string name) =>
        ((ExperimentScale[])[Paper, Cpu, Tiny]).FirstOrDefault(scale => scale.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new ArgumentException($"--scale: '{name}' is not one of cpu, paper, tiny");

    /// <summary>The paper's milestones in a training of other length: in proportion, each at an epoch of its own before the last.</summary>
    public static IReadOnlyList<int> Milestones(IEnumerable<int> milestones, int paperEpochs, int epochs)
    {
        var scaled = milestones.Select(milestone => Math.Max(1, (int)Math.Round((double)milestone * epochs / paperEpochs)));
        return [.. scaled.Distinct().Where(milestone => milestone < epochs).DefaultIfEmpty(epochs)];
    }

    /// <summary>What suits a training of other length: a warm-up in proportion, of an epoch at least, and shorter than it.</summary>
    public Suited Suited(int epochs)
    {
        int warmup = (int)Math.Round((double)Strong.Rate.WarmupEpochs * epochs / PaperEpochs);
        return new Suited(Math.Min(Math.Max(1, warmup), epochs - 1), AverageDecay);
    }
}
