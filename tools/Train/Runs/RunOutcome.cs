using System.Diagnostics;
using Idsnn.Models;
using Idsnn.Training;

namespace Idsnn.Tools.Train;

/// <summary>What a run came to: how good its networks got, and what the one it is about does.</summary>
internal sealed class RunOutcome(TrainVerb options, TrainPlan plan)
{
    private readonly List<(string Name, ModelSpec Spec, TrainingResult Result)> networks = [];
    private NetworkInsight? insight;
    private double seconds;

    /// <summary>Adds a network that was trained.</summary>
    public void Add(string name, ModelSpec spec, TrainingResult result) => networks.Add((name, spec, result));

    /// <summary>Sees what the network that the run is about does on the test set.</summary>
    public void Look(INetwork network, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        insight = InsightMaker.Of(
            plan.About, network, plan.Student is null ? null : plan.Teacher, plan.Dataset, options.BatchSize,
            new EnergyCosts(options.MacPicojoules, options.AccumulatePicojoules), options.Seed, cancellation);
        seconds = clock.Elapsed.TotalSeconds;
    }

    /// <summary>Says it, and writes results.json, which makes the run a finished one, and its report.</summary>
    public void Write(RunFolder folder, Action<string> log)
    {
        log(string.Empty);
        log(InsightText.Of(insight!));
        log(string.Empty);
        log(ResultTable.Format([.. networks.Select(network => ($"{network.Name} {network.Spec.Name}", network.Result))]));
        string? warning = folder.Write(new RunResults(
            [.. networks.Select(network => RunDescription.Result(network.Name, network.Spec, plan.Dataset.Train.Height, network.Result))],
            [.. networks.Select(network => RunDescription.Time(network.Name, network.Result)), new StageTime("insight", seconds, 0)],
            insight));
        if (warning is not null) log(warning);
        string report = Path.Combine(folder.Path, RunRecord.ReportFile);
        Report.Write([RunRecord.Load(folder.Path)], report);
        log($"results in {folder.Path}; open {report}");
    }
}
