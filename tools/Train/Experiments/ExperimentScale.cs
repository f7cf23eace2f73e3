using System.Globalization;

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
    string Name, string? Dataset, int Width, int? TrainImages, int? TestImages, int BatchSize, int Epochs, int LongEpochs, int TeacherEpochs,
    string Teacher, double AverageDecay, int MostTimesteps = int.MaxValue)
{
    /// <summary>Epochs of the paper's trainings, and of the strong recipe's warm-up in them.</summary>
    public const int PaperEpochs = 200, PaperWarmup = 5;

    /// <summary>The paper's own.</summary>
    public static readonly ExperimentScale Paper = new("paper", null, 64, null, null, 64, PaperEpochs, PaperEpochs, PaperEpochs, "resnet34", 0.999);

    /// <summary>About an hour on two cores for the ablation.</summary>
    private static readonly ExperimentScale Cpu = new("cpu", "cifar10", 16, 5000, 2000, 32, 8, 20, 20, "resnet34", 0.98);

    /// <summary>Seconds, to see how it works; its figures say nothing.</summary>
    private static readonly ExperimentScale Tiny = new("tiny", "synthetic", 2, 64, 32, 16, 2, 20, 2, "resnet18", 0.5, 2);

    /// <exception cref="ArgumentException">There is no such scale.</exception>
    public static ExperimentScale Of(string name) =>
        ((ExperimentScale[])[Paper, Cpu, Tiny]).FirstOrDefault(scale => scale.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new ArgumentException($"--scale: '{name}' is not one of cpu, paper, tiny");

    /// <summary>The paper's milestones in a training of other length: in proportion, each at an epoch of its own before the last.</summary>
    public static string Milestones(IEnumerable<int> milestones, int paperEpochs, int epochs)
    {
        var scaled = milestones.Select(milestone => Math.Max(1, (int)Math.Round((double)milestone * epochs / paperEpochs)));
        return string.Join(',', scaled.Distinct().Where(milestone => milestone < epochs).DefaultIfEmpty(epochs));
    }

    /// <summary>The strong recipe's warm-up in a training of other length: in proportion, an epoch at least, and shorter than the training.</summary>
    public static string Warmup(int epochs) =>
        Math.Min(Math.Max(1, (int)Math.Round((double)PaperWarmup * epochs / PaperEpochs)), epochs - 1).ToString(CultureInfo.InvariantCulture);
}
