namespace Idsnn.Reports;

/// <summary>Several runs side by side; each goes by a letter.</summary>
internal static class ComparisonPage
{
    public static Html Of(IReadOnlyList<RunView> runs)
    {
        string title = $"{runs.Count} runs compared";
        return Page.Of(title, runs[0].Config.Version, Header(runs, title),
        [
            new("result", "Results", Table(runs)),
            new("settings", "What differs", Differences(runs)),
            new("curves", "Training", Curves(runs)),
            .. runs.Select((run, i) => new Section(Id(i), $"Run {Letter(i)}: {run.Record.Name}", Part(run))),
        ]);
    }

    /// <summary>A, B, …, Z, A1, B1, ….</summary>
    private static string Letter(int i) => $"{(char)('A' + (i % 26))}{(i < 26 ? string.Empty : Say.Count(i / 26))}";

    private static string Id(int i) => $"run-{Letter(i).ToLowerInvariant()}";

    private static Html Header(IReadOnlyList<RunView> runs, string title)
    {
        var ranked = runs.Select((run, i) => (Letter: Letter(i), Run: run)).Where(r => r.Run.Progress is not null)
            .OrderByDescending(r => r.Run.Progress!.LastAccuracy).ToList();
        string[] data = [.. runs.Select(run => run.Summary.Dataset).Distinct()];
        string best = data.Length > 1 ? "They learn different data: their accuracies do not compare."
            : ranked.Count == 0 ? "None of them has ended an epoch yet."
            : $"{ranked[0].Letter} is highest after its last epoch with {Say.Percent(ranked[0].Run.Progress!.LastAccuracy)}"
                + (ranked.Count > 1 ? $", {ranked[^1].Letter} lowest with {Say.Percent(ranked[^1].Run.Progress!.LastAccuracy)}." : ".");
        string[] unfinished = [.. Enumerable.Range(0, runs.Count).Where(i => !runs[i].Summary.Finished).Select(Letter)];
        string notice = $"Not ended yet: {Say.List(unfinished)}. Their figures are those of their last epoch.";
        return Html.Of($"""
            <header>
            <p class="kicker">{Say.List(data)}</p>
            <h1>{title}</h1>
            <p class="lead">{best}{Spread(runs)}</p>
            {(unfinished.Length == 0 ? Html.Nothing : Overview.Notice(notice))}</header>

            """);
    }

    /// <summary>Mean and standard deviation where the runs differ in nothing but their seed.</summary>
    private static string Spread(IReadOnlyList<RunView> runs)
    {
        string[] aside = ["seed", "output-dir", "device", "workers", "resume"];
        var differing = Differing(runs);
        bool seeds = differing.Contains("seed") && !differing.Except(aside).Any()
            && runs.All(run => run.Summary.Finished && run.Progress is not null)
            && runs.Select(run => (run.Config.Student, run.Config.Teacher, run.Config.Dataset.Checksum)).Distinct().Count() == 1;
        if (!seeds) return string.Empty;
        var last = Statistic.Of(runs.Select(run => run.Progress!.LastAccuracy))!;
        return $" They differ in their seeds alone: {Say.Share(last.Mean)} ± {Say.Share(last.Deviation)} % "
            + $"(mean ± standard deviation of {last.Count}).";
    }

    private static Html Table(IReadOnlyList<RunView> runs) => Figure.Of("Results", Html.Of($"""
        <table class="numbers">
        <thead><tr><th scope="col" class="text">run</th>
        {Heads("last, %", "best, %", "teacher, %", "epochs", "T", "firing, %", "energy", "parameters", "time")}
        <th scope="col" class="text">model</th><th scope="col" class="text">data</th></tr></thead>
        <tbody>
        {runs.Select(Row)}</tbody></table>
        """), "Test accuracy after the last epoch and after the best, which was chosen by the test set itself.", Html.Nothing);

    private static IEnumerable<Html> Heads(params string[] names) => names.Select(name => Html.Of($"<th scope=\"col\">{name}</th>"));

    private static Html Row(RunView run, int i)
    {
        var model = run.Summary.Model;
        var results = run.Record.Results;
        var network = results?.Networks.FirstOrDefault(n => n.Network == run.Subject);
        return Html.Of($"""
            <tr><th scope="row"><a href="#{Id(i)}"><span class="key {Line.StyleOf(i)}"></span>{Letter(i)}</a> {run.Record.Name}</th>
            <td class="main">{Say.Share(run.Progress?.LastAccuracy)}</td><td>{Say.Share(run.Progress?.BestAccuracy)}</td>
            <td>{Say.Share(run.TeacherLevel)}</td><td>{RunView.EpochCell(run.Progress)}</td><td>{RunView.TimestepCell(model)}</td>
            <td>{Say.Share(run.MeanRate, 1)}</td>
            <td>{(run.Insight is { } insight ? Say.Energy(insight.Energy.Microjoules) : Say.Unknown)}</td>
            <td>{(network is null ? Say.Unknown : Say.Count(network.Parameters))}</td>
            <td>{(results is null ? Say.Unknown : Say.Duration(results.Stages.Sum(stage => stage.Seconds)))}</td>
            <td class="text">{model?.Name}</td><td class="text">{run.Summary.Dataset}</td></tr>

            """);
    }

    /// <summary>The options that do not hold the same value in all the runs.</summary>
    private static List<string> Differing(IReadOnlyList<RunView> runs) =>
    [
        .. runs.SelectMany(run => run.Config.Options.Keys).Distinct()
            .Where(option => runs.Select(run => run.Config.Options.GetValueOrDefault(option)).Distinct().Count() > 1)
            .Order(StringComparer.Ordinal),
    ];

    private static Html Differences(IReadOnlyList<RunView> runs)
    {
        var options = Differing(runs);
        return options.Count == 0 ? Html.Nothing : Html.Of($"""
            <p>Options whose values are not the same in all the runs; all the others are.</p>
            <div class="scroll" tabindex="0" role="region" aria-label="What differs"><table class="facts differences">
            <thead><tr><th scope="col">option</th>{Heads([.. runs.Select((_, i) => Letter(i))])}</tr></thead>
            <tbody>
            {options.Select(option => Difference(runs, option))}</tbody></table></div>

            """);
    }

    private static Html Difference(IReadOnlyList<RunView> runs, string option)
    {
        var cells = runs.Select(run => Html.Of($"<td>{run.Config.Options.GetValueOrDefault(option, Say.Unknown)}</td>"));
        return Html.Of($"<tr><th scope=\"row\">--{option}</th>{cells}</tr>\n");
    }

    private static Html Curves(IReadOnlyList<RunView> runs)
    {
        Html[] figures =
        [
            Overlay(
                runs, "Test accuracy, %", null, row => 100 * row.TestAccuracy,
                "Each run by its letter: the student, or the teacher where it trains alone."),
            Overlay(
                runs, "Training cross-entropy", 0, row => row.TrainTerms[LossTerm.CrossEntropy],
                "Without the teacher’s part, so that runs with and without one compare."),
            Overlay(runs, "Test loss", 0, row => row.TestLoss, "Cross-entropy on test images."),
            Overlay(runs, "Firing rate, %", 0, row => 100 * row.FiringRate, "Spikes per neuron and time-step while training."),
            Timesteps(runs),
        ];
        return figures.All(figure => figure.IsNothing) ? Html.Nothing : Html.Of($"<div class=\"figures\">\n{figures}</div>\n");
    }

    private static Html Overlay(IReadOnlyList<RunView> runs, string title, double? from, Func<EpochRow, double> value, string caption)
    {
        var lines = runs
            .Select(
                (run, i) => new Line(Letter(i), Line.StyleOf(i), [.. run.Rows(run.Subject).Select(row => ((double)row.Epoch, value(row)))]))
            .Where(line => line.Shows && line.Points.Any(p => p.Y != 0)).ToList();
        if (lines.Count == 0) return Html.Nothing;
        double[] values = [.. lines.SelectMany(line => line.Points).Select(p => p.Y)];
        var epochs = Axis.Whole(0, (int)lines.Max(line => line.Points[^1].X));
        return Figure.Of(title, new LineChart(epochs, "epoch", Axis.Linear(values, from), lines), caption);
    }

    private static Html Timesteps(IReadOnlyList<RunView> runs)
    {
        var lines = runs
            .Select((run, i) => new Line(
                Letter(i), Line.StyleOf(i),
                [.. (run.Insight?.AccuracyByTimestep ?? []).Select((accuracy, t) => (t + 1.0, 100 * accuracy))]))
            .Where(line => line.Points.Count > 1).ToList();
        if (lines.Count == 0) return Html.Nothing;
        var y = Axis.Linear(lines.SelectMany(line => line.Points).Select(p => p.Y));
        var chart = new LineChart(Axis.Steps(lines.Max(line => line.Points.Count)), "time-steps", y, lines);
        return Figure.Of("Accuracy against time-steps, %", chart, "Each network read out after t = 1 … T of its steps.");
    }

    /// <summary>A run's own part in short.</summary>
    private static Html Part(RunView run) => Html.Of($"""
        <p>{Overview.Sentence(run)} {Html.Prose(FiringSection.Finding(run.Insight?.Layers ?? []))}</p>
        {Overview.Notices(run).Select(Overview.Notice)}{SettingSection.Command(run)}<div class="figures">
        {CurveSection.Accuracy(run)}{CurveSection.Loss(run, RunSummary.StudentName)}{CurveSection.Loss(run, RunSummary.TeacherName)}</div>

        """);
}
