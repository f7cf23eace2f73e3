using System.Globalization;

namespace Idsnn.Training;

/// <summary>One line of metrics.csv; it holds nothing that differs between two runs of one seed on one device.</summary>
/// <param name="Network">teacher or student.</param>
/// <param name="Epoch">From 1.</param>
/// <param name="LearningRate">Of the epoch's last step.</param>
/// <param name="TrainLoss">The whole loss, mean over the epoch.</param>
/// <param name="TrainTerms">What it is made of, before the terms' weights.</param>
/// <param name="TrainAccuracy">0 … 1.</param>
/// <param name="TestLoss">Cross-entropy on the test set.</param>
/// <param name="TestAccuracy">0 … 1.</param>
/// <param name="FiringRate">Spikes per neuron and time-step at the epoch's last training step; 0 for an ordinary network.</param>
/// <param name="GradientNorm">Of all parameters together, at the epoch's last step.</param>
public sealed record EpochRow(
    string Network, int Epoch, double LearningRate, double TrainLoss, LossValues TrainTerms, double TrainAccuracy, double TestLoss,
    double TestAccuracy, double FiringRate, double GradientNorm)
{
    private const string First = "network,epoch,lr,train_loss", Last = "train_accuracy,test_loss,test_accuracy,firing_rate,gradient_norm";
    private const string TermPrefix = "train_";

    // In every file, whether or not a network of the run has them.
    private static readonly string[] Usual = [LossTerm.CrossEntropy, LossTerm.Distillation];

    private static readonly int Before = First.Split(',').Length, After = Last.Split(',').Length;

    /// <summary>The lines of metrics.csv without their ends: the columns' names, one for each term of any row, and the rows.</summary>
    public static IEnumerable<string> ToCsv(IReadOnlyList<EpochRow> rows)
    {
        string[] terms = [.. Usual.Union(rows.SelectMany(row => row.TrainTerms.Select(term => term.Term)))];
        return rows.Select(row => row.ToLine(terms)).Prepend(HeaderOf(terms));
    }

    /// <summary>Reads metrics.csv; a last line that was cut off is left out.</summary>
    /// <exception cref="InvalidDataException">Another line does not parse.</exception>
    public static IReadOnlyList<EpochRow> Parse(IReadOnlyList<string> lines, string file)
    {
        if (lines is [] or [""]) return [];
        string[] terms = TermsOf(lines[0].TrimEnd('\r'))
            ?? throw new InvalidDataException($"{file} does not begin with '{HeaderOf(Usual)}'");
        var rows = new List<EpochRow>();
        for (int i = 1; i < lines.Count; i++)
        {
            if (TryParse(lines[i].Split(','), terms) is { } row) rows.Add(row);
            else if (i < lines.Count - 1) throw new InvalidDataException($"{file}: line {i + 1} is damaged");
        }

        return rows;
    }

    private static string HeaderOf(IEnumerable<string> terms) =>
        $"{First},{string.Join(',', terms.Select(term => TermPrefix + LossTerm.Brief(term)))},{Last}";

    /// <summary>The terms that a header names; null where it is none.</summary>
    private static string[]? TermsOf(string header)
    {
        string[] names = header.Split(',');
        if (names.Length < Before + After) return null;
        string[] terms = [.. names[Before..^After].Where(name => name.StartsWith(TermPrefix, StringComparison.Ordinal))
            .Select(name => LossTerm.FromBrief(name[TermPrefix.Length..])).Distinct()];
        return Usual.All(terms.Contains) && HeaderOf(terms) == header ? terms : null;
    }

    private string ToLine(IEnumerable<string> terms) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Network},{Epoch},{LearningRate:G6},{TrainLoss:G9},")
        + string.Concat(terms.Select(term => string.Create(CultureInfo.InvariantCulture, $"{TrainTerms[term]:G9},")))
        + string.Create(
            CultureInfo.InvariantCulture,
            $"{TrainAccuracy:G9},{TestLoss:G9},{TestAccuracy:G9},{FiringRate:G6},{GradientNorm:G6}");

    /// <summary>The row; null where the cells are none.</summary>
    private static EpochRow? TryParse(string[] cells, string[] terms)
    {
        var culture = CultureInfo.InvariantCulture;
        if (cells.Length != Before + terms.Length + After) return null;
        if (!int.TryParse(cells[1], NumberStyles.None, culture, out int epoch)) return null;
        double[] v = new double[cells.Length - 2];
        for (int i = 0; i < v.Length; i++)
        {
            if (!double.TryParse(cells[i + 2], NumberStyles.Float, culture, out v[i])) return null;
            if (double.IsFinite(v[i]) && Math.Abs(v[i]) > float.MaxValue) return null;
        }

        var values = new LossValues([.. terms.Select((term, i) => new LossValue(term, v[i + 2]))]);
        return new(cells[0], epoch, v[0], v[1], values, v[^5], v[^4], v[^3], v[^2], v[^1]);
    }
}
