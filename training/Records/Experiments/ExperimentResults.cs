namespace Idsnn.Training;

/// <summary>results.json of an experiment: several ways of training, each from several seeds, side by side.</summary>
/// <param name="Experiment">Its name: ablation, ….</param>
/// <param name="Title">What it is about.</param>
/// <param name="Question">What it asks, in a sentence or two.</param>
/// <param name="Scale">paper, cpu or tiny.</param>
/// <param name="Caution">Why its figures must not be set beside the paper's; null where they may.</param>
/// <param name="Version">Of this program.</param>
/// <param name="Commit">The commit it was built from; null where the build did not know.</param>
/// <param name="Arguments">The command line.</param>
/// <param name="Dataset">What all runs learn; null before the first run.</param>
/// <param name="Devices">What they ran on.</param>
/// <param name="Settings">How the experiment compares with the paper's.</param>
/// <param name="PlannedRuns">Students that the command trains.</param>
/// <param name="FinishedRuns">Those of them that are done.</param>
/// <param name="Teachers">The teachers.</param>
/// <param name="Cells">The ways of training, variant by variant.</param>
/// <param name="Targets">How fast they get where; none unless the experiment asks.</param>
/// <param name="Evaluations">The networks at several numbers of time-steps; none unless the experiment asks.</param>
public sealed record ExperimentResults(
    string Experiment, string Title, string Question, string Scale, string? Caution, string Version, string? Commit,
    IReadOnlyList<string> Arguments, RunDataset? Dataset, IReadOnlyList<RunDevice> Devices, IReadOnlyList<SettingBeside> Settings,
    int PlannedRuns, int FinishedRuns, IReadOnlyList<TeacherResult> Teachers, IReadOnlyList<CellResult> Cells,
    IReadOnlyList<ConvergenceTarget> Targets, IReadOnlyList<TimestepEvaluation> Evaluations);

/// <summary>A setting here and in the paper.</summary>
/// <param name="Name">What is set.</param>
/// <param name="Here">To what, here.</param>
/// <param name="Paper">And in the paper.</param>
public sealed record SettingBeside(string Name, string Here, string Paper);

/// <summary>A teacher of an experiment.</summary>
/// <param name="Run">Its folder in the experiment's; null where it was trained before.</param>
/// <param name="Title">What it is.</param>
/// <param name="Last">Test accuracy after its last epoch, 0 … 1: of the weights that teach.</param>
/// <param name="Paper">That of the paper's teacher; null where it has none.</param>
public sealed record TeacherResult(string? Run, string Title, double Last, double? Paper);

/// <summary>One finished run.</summary>
/// <param name="Run">Its folder in the experiment's.</param>
/// <param name="Seed">Its seed.</param>
/// <param name="Epochs">Epochs trained.</param>
/// <param name="Last">Test accuracy after the last, 0 … 1.</param>
/// <param name="Best">The best of all epochs, which the literature reports.</param>
/// <param name="BestEpoch">When it was reached first.</param>
/// <param name="FiringRate">Spikes per neuron and time-step on test images, mean of the layers; null for an ordinary network.</param>
/// <param name="Microjoules">Estimated energy of an image's arithmetic; null where it was not looked at.</param>
/// <param name="Seconds">Wall clock, all stages.</param>
public sealed record SeedResult(
    string Run, ulong Seed, int Epochs, double Last, double Best, int BestEpoch, double? FiringRate, double? Microjoules, double Seconds)
{
    /// <summary>What a finished run came to.</summary>
    /// <exception cref="InvalidDataException">It has no results.</exception>
    public static SeedResult Of(RunRecord run, ulong seed)
    {
        var summary = RunSummary.Of(run);
        if (run.Results is not { } results || (run.Config.Student is null ? summary.Teacher : summary.Student) is not { } progress)
        {
            throw new InvalidDataException($"the run in {run.Path} has no results");
        }

        return new SeedResult(
            run.Name, seed, progress.Epochs, progress.LastAccuracy, progress.BestAccuracy, progress.BestEpoch,
            results.Insight?.MeanRate, results.Insight?.Energy.Microjoules, results.Stages.Sum(stage => stage.Seconds));
    }
}

/// <summary>A figure that the paper reports.</summary>
/// <param name="Dataset">On which data.</param>
/// <param name="Accuracy">The best test accuracy, 0 … 1.</param>
/// <param name="Epoch">When it was reached; null where the paper does not say.</param>
public sealed record PaperFigure(string Dataset, double Accuracy, int? Epoch = null);

/// <summary>One way of training under one variant (T = 4; a set of milestones), from all its seeds.</summary>
/// <param name="Row">Its short name, with which its folders begin.</param>
/// <param name="Title">What it is.</param>
/// <param name="Variant">The variant's short name.</param>
/// <param name="VariantTitle">The variant in words.</param>
/// <param name="Timesteps">T of its networks.</param>
/// <param name="Against">The row that it is compared with; null where it is compared with none.</param>
/// <param name="Command">The arguments of its first seed's train command.</param>
/// <param name="Runs">The finished ones, by seed.</param>
/// <param name="Paper">What the paper reports; null where it reports nothing.</param>
public sealed record CellResult(
    string Row, string Title, string Variant, string VariantTitle, int Timesteps, string? Against, IReadOnlyList<string> Command,
    IReadOnlyList<SeedResult> Runs, PaperFigure? Paper)
{
    /// <summary>Test accuracy after the last epoch.</summary>
    public Statistic? Last => Statistic.Of(Runs.Select(run => run.Last));

    /// <summary>Best test accuracy of all epochs.</summary>
    public Statistic? Best => Statistic.Of(Runs.Select(run => run.Best));

    /// <summary>Last accuracy less that of the row compared with, from the same seed; null where no seed is in both.</summary>
    public Statistic? LastGain { get; init; }

    /// <summary>The same of the best accuracies.</summary>
    public Statistic? BestGain { get; init; }

    /// <summary>The paper's accuracy less the paper's of the row compared with; null where it lacks either.</summary>
    public double? PaperGain { get; init; }

    /// <summary>The cells with their gains over those that they are compared with.</summary>
    public static IReadOnlyList<CellResult> WithGains(IReadOnlyList<CellResult> cells) =>
    [
        .. cells.Select(cell => cells.FirstOrDefault(other => other.Row == cell.Against && other.Variant == cell.Variant) is not { } other
            ? cell
            : cell with
            {
                LastGain = Gain(cell, other, run => run.Last),
                BestGain = Gain(cell, other, run => run.Best),
                PaperGain = cell.Paper?.Accuracy - other.Paper?.Accuracy,
            }),
    ];

    private static Statistic? Gain(CellResult cell, CellResult other, Func<SeedResult, double> accuracy) => Statistic.Of(
        from run in cell.Runs
        join paired in other.Runs on run.Seed equals paired.Seed
        select accuracy(run) - accuracy(paired));
}
