using System.Globalization;
using Idsnn.Training;

namespace Idsnn.Tools.Train;

/// <summary>An experiment's rows as lines of a terminal, a table for each variant.</summary>
internal static class ExperimentTable
{
    public static string Format(ExperimentResults results) => string.Join('\n', Lines(results)) + "\n";

    private static IEnumerable<string> Lines(ExperimentResults results)
    {
        int width = results.Cells.Max(cell => cell.Title.Length);
        foreach (var teacher in results.Teachers) yield return Text($"teacher {teacher.Title}: {teacher.Last:P2}");
        foreach (var variant in results.Cells.GroupBy(cell => cell.VariantTitle).Where(group => group.Any(cell => cell.Runs.Count > 0)))
        {
            yield return string.Empty;
            yield return $"{variant.Key,-40}  seeds            last            best   gain of the last   paper's gain";
            foreach (var cell in variant)
            {
                yield return Text(
                    $"{cell.Title,-40}  {cell.Runs.Count,5}  {Percent(cell.Last),14}  {Percent(cell.Best),14}  ",
                    $"{Percent(cell.LastGain, signed: true),17}  {(cell.PaperGain is { } gain ? Points(gain) : "-"),13}");
            }
        }

        foreach (var target in results.Targets)
        {
            yield return string.Empty;
            yield return Text(
                $"epochs until {target.Title} ({target.Accuracy:P2}), which takes it ",
                $"{(target.ReferenceEpochs is { } epochs ? $"{epochs:F1}" : "more than all")}");
            foreach (var approach in target.Approaches)
            {
                string reached = approach.Reached == approach.Runs
                    ? string.Empty
                    : $" (reached from {approach.Reached} of {approach.Runs} seeds)";
                string speedup = approach.Speedup is { } factor ? $", {factor:F1}× as fast" : string.Empty;
                string needed = approach.Epochs is { } mean ? $"{mean.Mean:F1} epochs" : "never";
                yield return Text($"  {$"{approach.Title}, {approach.VariantTitle}".PadRight(width + 44)} {needed}{speedup}{reached}");
            }
        }
    }

    private static string Percent(Statistic? share, bool signed = false) => share is null ? "-"
        : (signed ? Points(share.Mean) : (100 * share.Mean).ToString("F2", CultureInfo.InvariantCulture))
            + (share.Deviation is { } deviation ? Text($" ± {100 * deviation:F2}") : string.Empty);

    private static string Points(double difference) => (100 * difference).ToString("+0.00;-0.00", CultureInfo.InvariantCulture);

    private static string Text(params FormattableString[] parts) => string.Concat(parts.Select(FormattableString.Invariant));
}
