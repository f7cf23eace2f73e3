namespace Idsnn.Reports;

/// <summary>An experiment's page: its rows beside each other and beside the paper's.</summary>
internal static class ExperimentPage
{
    /// <param name="results">What was found.</param>
    /// <param name="runs">The runs by their names, finished or not.</param>
    public static Html Of(ExperimentResults results, IReadOnlyDictionary<string, RunRecord> runs) => Page.Of(
        results.Title, results.Version, Header(results),
        [
            new("result", "Results", Html.Join(Variants(results).Select(Table))),
            new("speed", "Speed of convergence", Html.Join(results.Targets.Select(Target))),
            new("curves", "Training", Html.Join(Variants(results).Select(variant => Curves(variant, results, runs)))),
            new("timesteps", "Time-steps", TimestepSection.Of(results.Evaluations)),
            new("settings", "Settings", Settings(results)),
            new("runs", "Runs", Runs(results)),
        ]);

    private static IEnumerable<IReadOnlyList<CellResult>> Variants(ExperimentResults results) =>
        results.Cells.GroupBy(cell => cell.Variant).Select(group => (IReadOnlyList<CellResult>)[.. group])
            .Where(group => group.Any(cell => cell.Runs.Count > 0));

    private static Html Header(ExperimentResults results)
    {
        string data = results.Dataset is { } dataset
            ? $" · {dataset.Name}, {Say.Count(dataset.TrainImages)} + {Say.Count(dataset.TestImages, "image")}"
            : string.Empty;
        string missing =
            $"{Say.Count(results.FinishedRuns)} of {Say.Count(results.PlannedRuns, "network")} are trained; the page shows those.";
        return Html.Of($"""
            <header>
            <p class="kicker">Experiment {results.Experiment} · scale {results.Scale}{data}</p>
            <h1>{results.Title}</h1>
            <p class="lead">{results.Question}</p>
            {(results.Caution is null ? Html.Nothing : Overview.Notice(results.Caution))}{(
                results.FinishedRuns < results.PlannedRuns ? Overview.Notice(missing) : Html.Nothing)}<dl class="keys">
            {results.Teachers.Select(Teacher)}</dl>
            </header>

            """);
    }

    private static Html Teacher(TeacherResult teacher) => Html.Of($"""
        <div><dt>teacher{(teacher.Run is { } run && run != "teacher" ? $" ({run})" : string.Empty)}</dt><dd>{Say.Percent(teacher.Last)}</dd><dd class="remark">{teacher.Title}{(teacher.Paper is { } paper ? $"; the paper’s {Say.Percent(paper)}" : string.Empty)}</dd></div>

        """);

    private static Html Table(IReadOnlyList<CellResult> variant)
    {
        bool compared = variant.Any(cell => cell.LastGain is not null);
        bool paper = variant.Any(cell => cell.Paper is not null);
        string[] heads =
        [
            "seeds", "last, %", "best, %", .. compared ? (string[])["last, gain", "best, gain"] : [],
            .. paper ? (string[])["paper, %"] : [],
            .. paper && compared ? (string[])["paper, gain"] : [], "firing, %", "energy", "time of one",
        ];
        string source = variant.Select(cell => cell.Paper?.Dataset).FirstOrDefault(data => data is not null) is { } data
            ? $" The paper’s figures are its best, on {data}."
            : string.Empty;
        return Figure.Of(variant[0].VariantTitle, Html.Of($"""
            <table class="numbers">
            <caption>{variant[0].VariantTitle}</caption>
            <thead><tr><th scope="col" class="text">trained as</th>{heads.Select(head => Html.Of($"<th scope=\"col\">{head}</th>"))}</tr></thead>
            <tbody>
            {variant.Select((cell, i) => Row(cell, i, compared, paper))}</tbody></table>
            """),
            "Test accuracy after the last epoch, and the best of all epochs, which was chosen by the test set itself; mean ± standard "
            + $"deviation over seeds, gains in points, from seed to seed.{source}",
            Html.Nothing);
    }

    private static Html Row(CellResult cell, int i, bool compared, bool paper)
    {
        double? energy = Mean(cell, run => run.Microjoules), seconds = Mean(cell, run => run.Seconds);
        Html[] gains = compared ? [Cell(Gain(cell.LastGain)), Cell(Gain(cell.BestGain))] : [];
        Html[] papers = paper ? [Cell(Say.Share(cell.Paper?.Accuracy))] : [];
        Html[] paperGains = paper && compared ? [Cell(cell.PaperGain is { } gain ? Say.Signed(gain) : Say.Unknown)] : [];
        return Html.Of($"""
            <tr><th scope="row"><span class="key {Line.StyleOf(i)}"></span>{cell.Title}</th>
            <td>{cell.Runs.Count}</td><td class="main">{Share(cell.Last)}</td><td>{Share(cell.Best)}</td>{gains}{papers}{paperGains}
            <td>{Say.Share(Mean(cell, run => run.FiringRate), 1)}</td><td>{(energy is { } e ? Say.Energy(e) : Say.Unknown)}</td>
            <td>{(seconds is { } s ? Say.Duration(s) : Say.Unknown)}</td></tr>

            """);
    }

    private static Html Target(ConvergenceTarget target)
    {
        string reference = target.ReferenceEpochs is { } epochs ? $", which takes it {Say.Fixed(epochs, 1)} epochs" : string.Empty;
        return Figure.Of(target.Title, Html.Of($"""
            <table class="numbers">
            <caption>Epochs until {target.Title} ({Say.Percent(target.Accuracy)}){reference}</caption>
            <thead><tr><th scope="col" class="text">trained as</th><th scope="col" class="text">under</th><th scope="col">epochs</th>
            <th scope="col">as fast</th><th scope="col">seeds that reach it</th></tr></thead>
            <tbody>
            {target.Approaches.Select(Approach)}</tbody></table>
            """), "The first epoch after which test accuracy is at least so high.", Html.Nothing);
    }

    private static Html Approach(Approach approach) => Html.Of($"""
        <tr><th scope="row">{approach.Title}</th><td class="text">{approach.VariantTitle}</td>
        <td>{(approach.Epochs is { } epochs ? Spread(epochs.Mean, epochs.Deviation, 1, 1) : "not reached")}</td>
        <td class="main">{(approach.Speedup is { } factor ? $"{Say.Fixed(factor, 1)}×" : Say.Unknown)}</td>
        <td>{approach.Reached} of {approach.Runs}</td></tr>

        """);

    private static Html Curves(IReadOnlyList<CellResult> variant, ExperimentResults results, IReadOnlyDictionary<string, RunRecord> runs)
    {
        double? level = results.Teachers.Count == 1 ? 100 * results.Teachers[0].Last : null;
        Html[] figures =
        [
            Curve(variant, runs, "Test accuracy, %", null, row => 100 * row.TestAccuracy, level),
            Curve(variant, runs, "Test loss", null, row => row.TestLoss, null),
            Curve(variant, runs, "Training cross-entropy", null, row => row.TrainTerms[LossTerm.CrossEntropy], null),
        ];
        return Html.Of($"<p class=\"caption\">{variant[0].VariantTitle}</p>\n<div class=\"figures\">\n{figures}</div>\n");
    }

    private static Html Curve(
        IReadOnlyList<CellResult> variant, IReadOnlyDictionary<string, RunRecord> runs, string title, double? from,
        Func<EpochRow, double> value, double? level)
    {
        var lines = variant.Select((cell, i) => new Line(cell.Row, Line.StyleOf(i), Mean(cell, runs, value))).Where(line => line.Shows)
            .ToList();
        if (lines.Count == 0) return Html.Nothing;
        double[] values = [.. lines.SelectMany(line => line.Points).Select(p => p.Y).Append(level ?? double.NaN).Where(double.IsFinite)];
        var epochs = Axis.Whole(0, (int)lines.Max(line => line.Points[^1].X));
        return Figure.Of(
            title, new LineChart(epochs, "epoch", Axis.Linear(values, from), lines) { Level = level is { } y ? ("teacher", y) : null },
            $"Mean over the seeds.{(level is null ? string.Empty : " Dashed: the teacher’s final level.")}");
    }

    /// <summary>The mean over a cell's runs, epoch by epoch.</summary>
    private static IReadOnlyList<(double X, double Y)> Mean(
        CellResult cell, IReadOnlyDictionary<string, RunRecord> runs, Func<EpochRow, double> value) =>
    [
        .. cell.Runs.SelectMany(run => new RunView(runs[run.Run]).Rows(RunSummary.StudentName)).GroupBy(row => row.Epoch)
            .OrderBy(rows => rows.Key).Select(rows => ((double)rows.Key, rows.Average(value))),
    ];

    private static double? Mean(CellResult cell, Func<SeedResult, double?> value) => cell.Runs.Select(value).Average();

    private static Html Settings(ExperimentResults results) => Html.Of($"""
        <div class="scroll" tabindex="0" role="region" aria-label="Settings"><table class="facts differences">
        <thead><tr><th scope="col">setting</th><th scope="col">here</th><th scope="col">in the paper</th></tr></thead>
        <tbody>
        {results.Settings.Select(setting =>
            Html.Of($"<tr><th scope=\"row\">{setting.Name}</th><td>{setting.Here}</td><td>{setting.Paper}</td></tr>\n")
        )}</tbody></table></div>
        <p class="caption">On {Say.List([.. results.Devices.Select(device => $"{device.Id} ({device.Name})")])}; the command: {string.Join(' ', results.Arguments)}</p>

        """);

    private static Html Runs(ExperimentResults results) => Figure.Of("Runs", Html.Of($"""
        <table class="numbers">
        <thead><tr><th scope="col" class="text">run</th><th scope="col">epochs</th><th scope="col">last, %</th><th scope="col">best, %</th>
        <th scope="col">at epoch</th><th scope="col">time</th></tr></thead>
        <tbody>
        {results.Cells.SelectMany(cell => cell.Runs).Select(Run)}</tbody></table>
        """), "Each has a page of its own.", Html.Nothing);

    private static Html Run(SeedResult run) => Html.Of($"""
        <tr><th scope="row"><a href="../runs/{run.Run}/{RunRecord.ReportFile}">{run.Run}</a></th><td>{run.Epochs}</td><td>{Say.Share(run.Last)}</td>
        <td>{Say.Share(run.Best)}</td><td>{run.BestEpoch}</td><td>{Say.Duration(run.Seconds)}</td></tr>

        """);

    private static Html Cell(string text) => Html.Of($"<td>{text}</td>");

    private static string Share(Statistic? share) => share is null ? Say.Unknown : Spread(share.Mean, share.Deviation, 100, 2);

    private static string Gain(Statistic? gain) => gain is null ? Say.Unknown
        : Say.Signed(gain.Mean) + (gain.Deviation is { } deviation ? $" ± {Say.Share(deviation)}" : string.Empty);

    private static string Spread(double mean, double? deviation, double unit, int decimals) =>
        Say.Fixed(unit * mean, decimals) + (deviation is { } d ? $" ± {Say.Fixed(unit * d, decimals)}" : string.Empty);
}
