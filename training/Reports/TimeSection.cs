namespace Idsnn.Reports;

/// <summary>How long the stages took.</summary>
internal static class TimeSection
{
    public static Html Of(RunView run)
    {
        if (run.Record.Results is not { Stages.Count: > 0 } results) return Html.Nothing;
        double total = results.Stages.Sum(stage => stage.Seconds);
        var table = Html.Of($"""
            <table class="numbers">
            <thead><tr><th scope="col" class="text">stage</th><th scope="col">time</th><th scope="col">images/s</th>
            <th scope="col" class="text bars">share</th></tr></thead>
            <tbody>
            {results.Stages.Select(stage => Row(stage, total))}</tbody>
            <tfoot><tr><th scope="row">all</th><td>{Say.Duration(total)}</td><td></td><td></td></tr></tfoot></table>
            """);
        string caption = $"Wall clock on {run.Config.Device.Name} ({run.Config.Device.Id}). "
            + "Images are training images, each once per epoch.";
        return Figure.Of("Time by stage", table, caption, Html.Nothing);
    }

    private static Html Row(StageTime stage, double total) => Html.Of($"""
        <tr><th scope="row">{stage.Stage}</th><td class="main">{Say.Duration(stage.Seconds)}</td>
        <td>{(stage.ImagesPerSecond > 0 ? Say.Short(stage.ImagesPerSecond) : Say.Unknown)}</td>
        <td class="bars"><span class="bar" style="width:{(total > 0 ? 100 * stage.Seconds / total : 0)}%"></span></td></tr>

        """);
}
