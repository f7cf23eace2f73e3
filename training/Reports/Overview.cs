namespace Idsnn.Reports;

/// <summary>The head of a run's page: what it is, how it ended, the few numbers that matter.</summary>
internal static class Overview
{
    public static Html Of(RunView run) => Html.Of($"""
        <header>
        <p class="kicker">Run {run.Record.Name} · {Say.Date(run.Config.Started)}</p>
        <h1>{run.Title}</h1>
        <p class="lead">{Sentence(run)}</p>
        {Notices(run).Select(Notice)}<dl class="keys">
        {Keys(run)}</dl>
        </header>

        """);

    /// <summary>The result in words.</summary>
    public static string Sentence(RunView run)
    {
        if (run.Progress is not { } progress) return $"No epoch of the {run.Subject} has ended yet.";
        var model = run.Summary.Model;
        string time = model is { IsSpiking: true } ? $", T = {model.Timesteps}" : string.Empty;
        string network = $"{RunView.NameOf(model)} (width {model?.Width}{time})";
        string images = $"{Say.Percent(progress.LastAccuracy)} of {Say.Count(run.Config.Dataset.TestImages)} test images";
        string gap = run.TeacherLevel is not { } teacher
            ? string.Empty
            : $", {Say.Share(Math.Abs(progress.LastAccuracy - teacher))} points {(progress.LastAccuracy < teacher ? "below" : "above")} "
                + $"its teacher, {RunView.NameOf(run.Config.Teacher)} ({Say.Percent(teacher)})";
        return $"After {RunView.EpochsOf(progress)}, {network} classifies {images} correctly{gap}.";
    }

    /// <summary>A paragraph that stands out.</summary>
    public static Html Notice(string words) => Html.Of($"<p class=\"notice\">{Html.Prose(words)}</p>\n");

    /// <summary>What a reader must know before the numbers: an unfinished run, a training that diverged.</summary>
    public static IEnumerable<string> Notices(RunView run)
    {
        if (!run.Summary.Finished)
        {
            yield return $"This run has not ended: the {run.Subject} stands at {RunView.EpochsOf(run.Progress)}. "
                + "The page shows what there is; confusion, firing rates, energy and times come with the end of the run.";
        }

        foreach (string network in (string[])[RunSummary.TeacherName, RunSummary.StudentName])
        {
            if (run.Rows(network).FirstOrDefault(row => !double.IsFinite(row.TrainLoss + row.TestLoss)) is { } row)
            {
                yield return $"The {network}’s loss is no finite number in epoch {row.Epoch}: its training diverged. "
                    + "A lower learning rate or some epochs of warm-up usually help.";
            }
        }
    }

    private static IEnumerable<Html> Keys(RunView run)
    {
        if (run.Progress is { } progress)
        {
            string best = $"best {Say.Percent(progress.BestAccuracy)}, epoch {progress.BestEpoch}";
            yield return Key($"{run.Subject}, last epoch", Say.Percent(progress.LastAccuracy), best);
        }

        if (run.TeacherLevel is { } teacher)
        {
            yield return Key("teacher", Say.Percent(teacher), RunView.NameOf(run.Config.Teacher));
            if (run.Progress is { } student)
            {
                yield return Key("student − teacher", Say.Points(student.LastAccuracy - teacher), "last epochs");
            }
        }

        if (run.Insight is { Energy: { } energy, TeacherEnergy: { Microjoules: > 0 } whole })
        {
            string share = $"{Say.Percent(energy.Microjoules / whole.Microjoules, 1)} of the teacher’s";
            yield return Key("energy of an image", Say.Energy(energy.Microjoules), share);
        }

        if (run.MeanRate is { } rate) yield return Key("mean firing rate", Say.Percent(rate, 1), "mean of the layers");
    }

    private static Html Key(string name, string value, string remark) => Html.Of($"""
        <div><dt>{name}</dt><dd>{value}</dd><dd class="remark">{remark}</dd></div>

        """);
}
