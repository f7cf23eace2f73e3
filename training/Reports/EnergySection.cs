namespace Idsnn.Reports;

/// <summary>What an image costs, and what fewer time-steps would give.</summary>
internal static class EnergySection
{
    public static Html Of(RunView run) => run.Insight is not { } insight
        ? Html.Nothing
        : Html.Of($"<div class=\"beside\">{Timesteps(run, insight)}<div>{Energy(insight)}</div></div>\n");

    private static Html Energy(NetworkInsight insight)
    {
        var (energy, teacher) = (insight.Energy, insight.TeacherEnergy);
        double most = Math.Max(energy.Microjoules, teacher?.Microjoules ?? 0);
        var table = Html.Of($"""
            <table class="numbers">
            <thead><tr><th scope="col" class="text">network</th>
            <th scope="col">MACs</th><th scope="col">accumulates</th><th scope="col">energy</th>
            <th scope="col" class="text bars">MACs (dark), accumulates (light)</th></tr></thead>
            <tbody>
            {Row(insight.Network, energy, most)}
            {(teacher is null ? Html.Nothing : Row(RunSummary.TeacherName, teacher, most))}</tbody></table>
            """);
        string caption = "Arithmetic of one test image. A multiply-accumulate (MAC) is counted at "
            + FormattableString.Invariant($"{energy.MacPicojoules} pJ, an accumulate at {energy.AccumulatePicojoules} pJ: ")
            + "float32 in 45 nm (Horowitz, ISSCC 2014). "
            + "Accumulates are counted where a spike is; memory traffic is left out, as is usual in the field. "
            + "Zero padding is left out too, since nothing need be multiplied by it" + Padded(insight);
        return Html.Of($"<p>{Finding(insight)}</p>\n{Figure.Of("Energy", table, caption, Html.Nothing)}");
    }

    /// <summary>What published tables count; they have padding in them.</summary>
    private static string Padded(NetworkInsight insight)
    {
        if (insight.Energy.MacsWithPadding is not { } own) return ".";
        string teacher = insight.TeacherEnergy?.MacsWithPadding is { } macs ? $", of the teacher {Say.Many(macs)}" : string.Empty;
        return $"; with it, as published tables count, one pass of the {insight.Network} is {Say.Many(own)} MACs{teacher}.";
    }

    /// <summary>Accuracy after each time-step.</summary>
    private static Html Timesteps(RunView run, NetworkInsight insight)
    {
        if (insight.AccuracyByTimestep.Count < 2) return Html.Nothing;
        var points = insight.AccuracyByTimestep.Select((accuracy, t) => (t + 1.0, 100 * accuracy));
        var line = new Line(insight.Network, insight.Network, [.. points]);
        double? level = run.TeacherLevel * 100;
        var y = Axis.Linear(line.Points.Select(p => p.Y).Append(level ?? double.NaN));
        var chart = new LineChart(Axis.Steps(line.Points.Count), "time-steps", y, [line])
        {
            Level = level is { } at ? ("teacher", at) : null,
            WritesValues = line.Points.Count <= 8,
        };
        double last = insight.AccuracyByTimestep[^1];
        int enough = insight.AccuracyByTimestep.ToList().FindIndex(accuracy => accuracy >= last - 0.01) + 1;
        string caption = "One network, read out after t = 1 … T of its steps. "
            + (enough < line.Points.Count
                ? $"After {Say.Count(enough, "step")} it is within a point of its accuracy after all {line.Points.Count}."
                : "Every step counts: one fewer costs more than a point.");
        return Figure.Of("Accuracy against time-steps, %", chart, caption);
    }

    private static string Finding(NetworkInsight insight)
    {
        double energy = insight.Energy.Microjoules;
        string own = $"An image costs the {insight.Network} {Say.Energy(energy)} of arithmetic";
        if (insight.TeacherEnergy is not { Microjoules: > 0 } teacher) return own + ".";
        double ratio = energy / teacher.Microjoules;
        return ratio <= 1
            ? $"{own}, {Say.Percent(ratio, 1)} of the teacher’s {Say.Energy(teacher.Microjoules)}: {Say.Short(1 / ratio)} times less."
            : $"{own}, {Say.Short(ratio)} times the teacher’s {Say.Energy(teacher.Microjoules)}: it fires too much to save any.";
    }

    private static Html Row(string network, EnergyEstimate energy, double most)
    {
        double Length(double count, double picojoules) => most > 0 ? 100 * count * picojoules * 1e-6 / most : 0;
        double macs = Length(energy.Macs, energy.MacPicojoules), accumulates = Length(energy.Accumulates, energy.AccumulatePicojoules);
        return Html.Of($"""
            <tr><th scope="row"><span class="key {network}"></span>{network}</th>
            <td>{Say.Many(energy.Macs)}</td><td>{Say.Many(energy.Accumulates)}</td>
            <td class="main">{Say.Energy(energy.Microjoules)}</td>
            <td class="bars"><span class="bar {network}" style="width:{macs}%"></span><span
            class="bar light {network}" style="width:{accumulates}%"></span></td></tr>

            """);
    }
}
