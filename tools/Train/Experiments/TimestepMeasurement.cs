using System.Diagnostics;
using System.Globalization;
using Idsnn.Datasets;
using Idsnn.Engine;
using Idsnn.Models;
using Idsnn.Runs;
using Idsnn.Training;

namespace Idsnn.Tools.Train;

/// <summary>
/// Runs an experiment's networks at several numbers of time-steps: the one that was trained at four steps at each, the others at their own.
/// What is measured already is not measured again.
/// </summary>
internal sealed class TimestepMeasurement(ExperimentPlan plan, ExperimentStore store, Session session)
{
    private readonly Dictionary<(string, string, int), TimestepEvaluation> known =
        plan.Folder.LoadEvaluations().ToDictionary(e => (e.Run, e.Started, e.Timesteps));

    public IReadOnlyList<TimestepEvaluation> Run()
    {
        var row = plan.Definition.Rows[0];
        var runs = plan.Variants.SelectMany(variant => store.RunsOf(row, variant)).Where(store.IsFinished).ToList();
        var wanted = runs.SelectMany(run => StepsOf(run).Select(t => (Run: run, Steps: t))).ToList();
        if (wanted.Exists(want => !known.ContainsKey(Key(want.Run, want.Steps)))) Measure(wanted);
        return [.. wanted.Select(want => known[Key(want.Run, want.Steps)])];
    }

    private void Measure(IEnumerable<(PlannedRun Run, int Steps)> wanted)
    {
        session.Log(string.Empty);
        using var device = DeviceCatalog.Open(plan.Options.DeviceName);
        var dataset = DataSource.Load(plan.Runs[0].Spec.Data);
        foreach (var (run, steps) in wanted.Where(want => !known.ContainsKey(Key(want.Run, want.Steps))))
        {
            var measured = Measure(device, dataset, run, steps);
            known.Add(Key(run, steps), measured);
            plan.Folder.Write(known.Values);
            session.Log(string.Create(
                CultureInfo.InvariantCulture,
                $"{run.Name} at T = {steps}: accuracy {measured.Accuracy:P2}, firing rate {measured.FiringRate:P1}, "
                    + $"{Units.Energy(measured.Microjoules)} and {measured.Milliseconds:F2} ms an image"));
        }
    }

    private TimestepEvaluation Measure(Device device, Dataset dataset, PlannedRun run, int steps)
    {
        string file = Path.Combine(plan.Folder.Run(run.Name), "checkpoints", "last.safetensors");
        var checkpoint = Checkpoint.Load(file);
        using var model = checkpoint.Build(device, steps);
        var normalization = new Normalization(dataset.Mean, dataset.Std);
        int batch = run.Spec.StudentTraining.BatchSize;

        // Compiles the kernels too, so that they do not count below.
        var data = CheckpointFit.For(checkpoint, file, dataset);
        var insight = InsightMaker.Of("student", model, null, data, batch, run.Spec.Energy, run.Seed, session.Cancellation);
        var clock = Stopwatch.StartNew();
        ReadOuts.Of(model, dataset.Test, normalization, batch, run.Seed, null, session.Cancellation);
        double milliseconds = clock.Elapsed.TotalMilliseconds / dataset.Test.Count;
        return new TimestepEvaluation(
            run.Name, Started(run), run.Spec.Student.Timesteps, steps, insight.AccuracyByTimestep[^1],
            insight.Layers.Average(layer => layer.MeanRate), insight.Energy.Microjoules, milliseconds);
    }

    private IEnumerable<int> StepsOf(PlannedRun run) =>
        run.Spec.Student.Timesteps == plan.Evaluated.Base ? plan.Evaluated.All : [run.Spec.Student.Timesteps];

    private (string Run, string Started, int Steps) Key(PlannedRun run, int steps) => (run.Name, Started(run), steps);

    private string Started(PlannedRun run) => store.Find(run)!.Config.Started;
}
