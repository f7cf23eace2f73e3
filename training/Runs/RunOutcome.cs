using System.Diagnostics;
using Idsnn.Models;

namespace Idsnn.Runs;

/// <summary>Gathers what a run came to: how good its networks got, and what the one it is about does.</summary>
/// <param name="plan">The run.</param>
public sealed class RunOutcome(RunPlan plan)
{
    private readonly List<NetworkResult> networks = [];
    private readonly List<StageTime> stages = [];
    private NetworkInsight? insight;

    /// <summary>All of it.</summary>
    public RunResults Results => new([.. networks], [.. stages], insight);

    /// <summary>Adds a network that was trained.</summary>
    public void Add(string name, ModelSpec spec, TrainingResult result)
    {
        networks.Add(new NetworkResult(
            name, spec.Name, spec.Width, spec.Timesteps, ModelSummary.Of(spec, plan.Dataset.Train.Height).Parameters,
            result.Epochs[^1].Epoch, result.LastAccuracy, result.Best.Test.Accuracy, result.Best.Epoch));
        var trained = result.Epochs.Where(epoch => epoch.Epoch > 0).ToList();
        double images = trained.Sum(epoch => epoch.Train.Images);
        double seconds = trained.Sum(epoch => epoch.Train.Images / epoch.ImagesPerSecond);
        stages.Add(new StageTime(name, result.Epochs.Sum(epoch => epoch.Seconds), seconds > 0 ? images / seconds : 0));
    }

    /// <summary>Sees what the network that the run is about does on the test set.</summary>
    public void Look(INetwork network, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        insight = InsightMaker.Of(
            plan.About, network, plan.Student is null ? null : plan.Teacher, plan.Dataset, plan.Spec.StudentTraining.BatchSize,
            plan.Spec.Energy, plan.Spec.Seed, cancellation);
        stages.Add(new StageTime("insight", clock.Elapsed.TotalSeconds, 0));
    }
}
