namespace Idsnn.Training;

/// <summary>An accuracy, and how soon it is reached.</summary>
/// <param name="Name">A short name: longest, own:…, nearly.</param>
/// <param name="Title">What it is, in words.</param>
/// <param name="Accuracy">Test accuracy, 0 … 1.</param>
/// <param name="ReferenceEpochs">Epochs after which the reference has it, mean of the seeds; null where it never has.</param>
/// <param name="Approaches">How soon each way of training has it.</param>
public sealed record ConvergenceTarget(
    string Name, string Title, double Accuracy, double? ReferenceEpochs, IReadOnlyList<Approach> Approaches);

/// <summary>How soon one way of training reaches an accuracy.</summary>
/// <param name="Row">Its name.</param>
/// <param name="Title">What it is.</param>
/// <param name="Variant">Under which variant.</param>
/// <param name="VariantTitle">The variant in words.</param>
/// <param name="Runs">Seeds tried.</param>
/// <param name="Reached">Seeds that reached it.</param>
/// <param name="Epochs">Epochs that those needed; null where none did.</param>
/// <param name="Speedup">The reference's epochs over these; null where not every seed reached it, or the reference did not.</param>
public sealed record Approach(
    string Row, string Title, string Variant, string VariantTitle, int Runs, int Reached, Statistic? Epochs, double? Speedup);

/// <summary>
/// How fast networks converge, measured as in the paper's Table 4: by the epochs until the best of a reference is reached.
/// </summary>
public static class Convergence
{
    /// <summary>What "within a point" of an accuracy is.</summary>
    private const double Point = 0.01;

    /// <summary>The first epoch after which test accuracy is at least so high; null where there is none.</summary>
    public static int? EpochsTo(double accuracy, IEnumerable<EpochRow> epochs) =>
        epochs.OrderBy(row => row.Epoch).FirstOrDefault(row => row.TestAccuracy >= accuracy)?.Epoch;

    /// <summary>
    /// The accuracies of interest: the reference's best under the first variant, which is the longest; nearly that, which a lucky late
    /// epoch of the reference moves less; and its best under each variant, for those under the same.
    /// </summary>
    /// <param name="cells">The ways of training, variant by variant.</param>
    /// <param name="reference">The row whose best is to be reached.</param>
    /// <param name="epochs">The student's epochs of a run.</param>
    public static IReadOnlyList<ConvergenceTarget> Targets(
        IReadOnlyList<CellResult> cells, string reference, Func<SeedResult, IReadOnlyList<EpochRow>> epochs)
    {
        var references = cells.Where(cell => cell.Row == reference && cell.Best is not null).ToList();
        if (references.Count == 0 || references[0].Variant != cells[0].Variant) return [];
        var longest = references[0];
        double best = longest.Best!.Mean;
        var nearly = Reach(longest, best - Point, epochs);
        double? nearlyEpochs = nearly.Reached == longest.Runs.Count ? nearly.Epochs!.Mean : null;
        return
        [
            Target("longest", $"the {longest.Title}’s best, {longest.VariantTitle}", best, MeanBestEpoch(longest), cells, epochs),
            Target("nearly", "a point below that", best - Point, nearlyEpochs, cells, epochs),
            .. references.Skip(1).Select(own => Target(
                $"own:{own.Variant}", $"the {own.Title}’s best, {own.VariantTitle}, reached under the same", own.Best!.Mean,
                MeanBestEpoch(own),
                cells.Where(cell => cell.Variant == own.Variant), epochs)),
        ];
    }

    private static double MeanBestEpoch(CellResult cell) => cell.Runs.Average(run => run.BestEpoch);

    private static ConvergenceTarget Target(
        string name, string title, double accuracy, double? referenceEpochs, IEnumerable<CellResult> cells,
        Func<SeedResult, IReadOnlyList<EpochRow>> epochs)
    {
        var approaches =
            from cell in cells
            where cell.Runs.Count > 0
            let reach = Reach(cell, accuracy, epochs)
            let speedup = reach.Reached == cell.Runs.Count ? referenceEpochs / reach.Epochs!.Mean : null
            select new Approach(
                cell.Row, cell.Title, cell.Variant, cell.VariantTitle, cell.Runs.Count, reach.Reached, reach.Epochs, speedup);
        return new ConvergenceTarget(name, title, accuracy, referenceEpochs, [.. approaches]);
    }

    private static (int Reached, Statistic? Epochs) Reach(
        CellResult cell, double accuracy, Func<SeedResult, IReadOnlyList<EpochRow>> epochs)
    {
        int[] needed = [.. cell.Runs.Select(run => EpochsTo(accuracy, epochs(run))).OfType<int>()];
        return (needed.Length, Statistic.Of(needed.Select(n => (double)n)));
    }
}
