namespace Idsnn.Reports;

/// <summary>Networks run at several numbers of time-steps: one trained once, others trained at each.</summary>
internal static class TimestepSection
{
    public static Html Of(IReadOnlyList<TimestepEvaluation> evaluations)
    {
        if (evaluations.Count == 0) return Html.Nothing;
        var own = Own(evaluations);
        var (once, trainedAt) = Once(evaluations);
        string name = $"trained at T = {trainedAt}";
        Html[] figures =
        [
            Chart(
                "Accuracy, %", e => 100 * e.Accuracy, null,
                "Test accuracy of the network trained once, run at every T, and of those trained at the T they are run at."),
            Chart("Firing rate, %", e => 100 * e.FiringRate, 0, "Spikes per neuron and time-step, mean of the layers."),
            Chart("Energy of an image, µJ", e => e.Microjoules, 0, "Estimated from its arithmetic: accumulates where inputs are spikes."),
            Chart("Time of an image, ms", e => e.Milliseconds, 0, "Wall clock on this device, in batches; no neuromorphic hardware’s."),
        ];
        return Html.Of($"""
            <div class="figures">
            {figures}</div>
            {Table(evaluations)}
            """);

        Html Chart(string title, Func<TimestepEvaluation, double> value, double? from, string caption)
        {
            Line[] lines =
            [
                new(name, "run-0", [.. once.Select(e => ((double)e.Timesteps, value(e)))]),
                new("trained at each", "run-1", [.. own.Select(e => ((double)e.Timesteps, value(e)))]),
            ];
            lines = [.. lines.Where(line => line.Points.Count > 0)];
            var y = Axis.Linear(lines.SelectMany(line => line.Points).Select(p => p.Y), from);
            return Figure.Of(title, new LineChart(Axis.Steps(evaluations.Max(e => e.Timesteps)), "time-steps", y, lines), caption);
        }
    }

    private static Html Table(IReadOnlyList<TimestepEvaluation> evaluations) => Figure.Of("Time-steps", Html.Of($"""
        <table class="numbers">
        <thead><tr><th scope="col" class="text">network</th><th scope="col">trained at T</th><th scope="col">run at T</th><th scope="col">accuracy, %</th>
        <th scope="col">firing, %</th><th scope="col">energy</th><th scope="col">ms an image</th></tr></thead>
        <tbody>
        {evaluations.Select(Row)}</tbody></table>
        """), "Each network after its last epoch, on the test images.", Html.Nothing);

    private static Html Row(TimestepEvaluation e) => Html.Of($"""
        <tr><th scope="row">{e.Run}</th><td>{e.TrainedAt}</td><td>{e.Timesteps}</td><td class="main">{Say.Share(e.Accuracy)}</td><td>{Say.Share(e.FiringRate, 1)}</td>
        <td>{Say.Energy(e.Microjoules)}</td><td>{Say.Short(e.Milliseconds)}</td></tr>

        """);

    /// <summary>The networks at the T that they were trained at, mean over seeds.</summary>
    private static IReadOnlyList<TimestepEvaluation> Own(IReadOnlyList<TimestepEvaluation> evaluations) =>
        Means(evaluations.Where(e => e.TrainedAt == e.Timesteps));

    /// <summary>The network that was run at most numbers of time-steps, mean over seeds.</summary>
    private static (IReadOnlyList<TimestepEvaluation> At, int TrainedAt) Once(IReadOnlyList<TimestepEvaluation> evaluations)
    {
        var most = evaluations.GroupBy(e => e.TrainedAt).OrderByDescending(group => group.Select(e => e.Timesteps).Distinct().Count())
            .ThenBy(group => group.Key).First();
        return (Means(most), most.Key);
    }

    private static IReadOnlyList<TimestepEvaluation> Means(IEnumerable<TimestepEvaluation> evaluations) =>
    [
        .. from e in evaluations
           group e by e.Timesteps into same
           orderby same.Key
           select same.First() with
           {
               Accuracy = same.Average(e => e.Accuracy),
               FiringRate = same.Average(e => e.FiringRate),
               Microjoules = same.Average(e => e.Microjoules),
               Milliseconds = same.Average(e => e.Milliseconds),
           },
    ];
}
