using Idsnn.Models;

namespace Idsnn.Reports;

/// <summary>The networks of a run and how good they got.</summary>
internal static class ResultSection
{
    public static Html Of(RunView run)
    {
        Html[] rows =
        [
            Row(run, RunSummary.TeacherName, run.Config.Teacher, run.Summary.Teacher, run.Summary.TeacherAccuracy),
            Row(run, RunSummary.StudentName, run.Config.Student, run.Summary.Student, run.Summary.Student?.LastAccuracy),
        ];
        var table = Html.Of($"""
            <table class="numbers">
            <thead><tr><th scope="col" class="text">network</th>
            <th scope="col">last, %</th><th scope="col">best, %</th><th scope="col">best at epoch</th><th scope="col">epochs</th>
            <th scope="col" class="text">model</th><th scope="col">width</th><th scope="col">T</th>
            <th scope="col">parameters</th></tr></thead>
            <tbody>
            {rows}</tbody></table>
            """);
        return Figure.Of("Results", table, $"Test accuracy after the last epoch and after the best. {Remark(run)}", Html.Nothing);
    }

    /// <summary>What the figures are worth.</summary>
    private static string Remark(RunView run)
    {
        int images = run.Config.Dataset.TestImages;
        if (run.Progress is not { } progress || images == 0) return string.Empty;
        double p = progress.LastAccuracy, error = Math.Sqrt(p * (1 - p) / images);
        return "The best epoch was chosen by the test set itself, as in the literature; the last was not. With "
            + $"{Say.Count(images, "image")} one standard error of the {run.Subject}’s figure is {Say.Fixed(100 * error, 2)} points; "
            + "how much another seed would change is not in it.";
    }

    private static Html Row(RunView run, string network, ModelSpec? model, NetworkProgress? progress, double? last)
    {
        if (model is null) return Html.Nothing;
        var result = run.Record.Results?.Networks.FirstOrDefault(n => n.Network == network);
        string epochs = progress is null && last is not null ? "trained before" : RunView.EpochCell(progress);
        return Html.Of($"""
            <tr><th scope="row"><span class="key {network}"></span>{network}</th>
            <td class="main">{Say.Share(last)}</td><td>{Say.Share(progress?.BestAccuracy)}</td>
            <td>{(progress is null ? Say.Unknown : Say.Count(progress.BestEpoch))}</td><td>{epochs}</td>
            <td class="text">{model.Name}</td><td>{model.Width}</td><td>{RunView.TimestepCell(model)}</td>
            <td>{(result is null ? Say.Unknown : Say.Count(result.Parameters))}</td></tr>

            """);
    }
}
