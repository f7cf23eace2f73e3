namespace Idsnn.Reports;

/// <summary>What metrics.csv says, epoch by epoch.</summary>
internal static class CurveSection
{
    private const string Teacher = RunSummary.TeacherName, Student = RunSummary.StudentName;

    public static Html Of(RunView run)
    {
        if (!run.Record.Epochs.Any(row => row.Epoch > 0)) return Html.Nothing;
        Html[] figures =
        [
            Accuracy(run), Loss(run, Student), Loss(run, Teacher), LearningRate(run), FiringRate(run), GradientNorm(run),
        ];
        return Html.Of($"<div class=\"figures\">\n{figures}</div>\n");
    }

    /// <summary>Accuracy on training and test images.</summary>
    public static Html Accuracy(RunView run)
    {
        var lines = Present(
            Of(run, Teacher, run.Subject == Teacher ? "train" : "teacher train", "teacher thin", row => 100 * row.TrainAccuracy),
            Of(run, Teacher, run.Subject == Teacher ? "test" : "teacher test", "teacher", row => 100 * row.TestAccuracy),
            Of(run, Student, "train", "student thin", row => 100 * row.TrainAccuracy),
            Of(run, Student, "test", "student", row => 100 * row.TestAccuracy));
        if (lines.Count == 0) return Html.Nothing;
        double? level = run.TeacherLevel * 100;
        var y = Axis.Linear(Values(lines).Append(level ?? double.NaN), to: Values(lines).Max() > 80 ? 100 : null);
        var chart = new LineChart(Epochs(lines), "epoch", y, lines)
        {
            Level = level is { } at ? (run.Summary.Teacher is null ? "teacher" : string.Empty, at) : null,
            Mark = run.Progress is { BestEpoch: > 0 } best ? (best.BestEpoch, 100 * best.BestAccuracy) : null,
        };
        string caption = run.Progress is { } p
            ? $"The {run.Subject}’s last epoch gives {Say.Percent(p.LastAccuracy, 1)} on test images; the ring marks its best. "
                + (level is null ? string.Empty : "Dashed: the teacher’s final level. ") + "Thin: training images, as augmented."
            : "The student has no epoch yet. Thin: training images, as augmented.";
        return Figure.Of("Accuracy, %", chart, caption);
    }

    /// <summary>The loss of one network and what it is made of.</summary>
    public static Html Loss(RunView run, string network)
    {
        var rows = run.Rows(network);
        if (rows.Count == 0) return Html.Nothing;
        string[] more = [.. rows.SelectMany(row => row.TrainTerms).Where(term => term.Term != LossTerm.CrossEntropy && term.Value != 0)
            .Select(term => term.Term).Distinct()];
        bool distils = more is [LossTerm.Distillation];
        var lines = Present([
            Of(run, network, "test", network, row => row.TestLoss),
            Of(run, network, more.Length > 0 ? "train, sum" : "train", $"{network} thin", row => row.TrainLoss),
            more.Length > 0 ? Of(run, network, "train, CE", $"{network} part", row => row.TrainTerms[LossTerm.CrossEntropy]) : null,
            .. distils
                ? [Of(run, network, "train, KD", "distillation", row => row.TrainLoss - row.TrainTerms[LossTerm.CrossEntropy])]
                : more.Select(term => Of(run, network, $"train, {LossTerm.Brief(term)}", "distillation", row => row.TrainTerms[term])),
        ]);
        if (lines.Count == 0) return Html.Nothing;
        string caption = more.Length > 0 && !distils
            ? "The sum is what was minimised: cross-entropy (CE) and the other terms, which are drawn before their weights. "
                + "Test loss is cross-entropy alone."
            : distils
            ? "The sum is what was minimised: cross-entropy (CE) and the teacher’s part (KD), α·temperature²·KL. "
                + "Test loss is cross-entropy alone."
            : "Cross-entropy, mean over the images. Where the test line turns up while training falls on, "
                + "the network learns its images by heart.";
        return Figure.Of($"Loss of the {network}", new LineChart(Epochs(lines), "epoch", Axis.Linear(Values(lines), 0), lines), caption);
    }

    private static Html LearningRate(RunView run)
    {
        var lines = OfBoth(run, row => row.LearningRate);
        if (lines.Count == 0) return Html.Nothing;
        double[] values = [.. Values(lines)];

        // Steps by a factor show on a logarithmic axis; a cosine, which ends near zero, does not.
        var y = values.Distinct().Count() <= 8 ? Axis.Log(values) : Axis.Linear(values, 0);
        return Figure.Of(
            "Learning rate", new LineChart(Epochs(lines), "epoch", y, lines),
            $"Of each epoch’s last step{(y.Logarithmic ? "; logarithmic axis" : string.Empty)}.");
    }

    private static Html FiringRate(RunView run)
    {
        var rows = run.Rows(Student);
        if (rows.Count == 0 || rows.All(row => row.FiringRate == 0)) return Html.Nothing;
        var lines = Present(Of(run, Student, "student", "student", row => 100 * row.FiringRate));
        return lines.Count == 0 ? Html.Nothing : Figure.Of(
            "Firing rate, %", new LineChart(Epochs(lines), "epoch", Axis.Linear(Values(lines), 0), lines),
            $"Spikes per neuron and time-step while training: {Say.Percent(rows[0].FiringRate, 1)} in the first epoch, "
            + $"{Say.Percent(rows[^1].FiringRate, 1)} in the last. Fewer spikes, fewer operations.");
    }

    private static Html GradientNorm(RunView run)
    {
        var lines = OfBoth(run, row => row.GradientNorm);
        double[] values = [.. Values(lines)];
        if (values.All(v => v == 0)) return Html.Nothing;
        var y = Axis.Log(values);
        string axis = y.Logarithmic ? "; logarithmic axis" : string.Empty;
        return Figure.Of(
            "Gradient norm", new LineChart(Epochs(lines), "epoch", y, lines),
            $"Of all parameters together, at each epoch’s last step{axis}. Zero would mean that nothing learns.");
    }

    private static List<Line> OfBoth(RunView run, Func<EpochRow, double> value) =>
        Present(Of(run, Teacher, Teacher, "teacher", value), Of(run, Student, Student, "student", value));

    private static Line Of(RunView run, string network, string label, string style, Func<EpochRow, double> value) =>
        new(label, style, [.. run.Rows(network).Select(row => ((double)row.Epoch, value(row)))]);

    private static List<Line> Present(params ReadOnlySpan<Line?> lines)
    {
        var present = new List<Line>();
        foreach (var line in lines)
        {
            if (line is { Shows: true }) present.Add(line);
        }

        return present;
    }

    private static IEnumerable<double> Values(IEnumerable<Line> lines) =>
        lines.SelectMany(line => line.Points).Select(p => p.Y).Where(double.IsFinite);

    private static Axis Epochs(IEnumerable<Line> lines) => Axis.Whole(0, (int)lines.SelectMany(line => line.Points).Max(p => p.X));
}
