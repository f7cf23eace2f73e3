using System.Globalization;
using Idsnn.Training;

namespace Idsnn.Tools.Train;

/// <summary>What is known of an experiment from the runs that are done.</summary>
internal sealed class ExperimentSummary(ExperimentPlan plan, ExperimentStore store, IReadOnlyList<string> arguments)
{
    private const string Small =
        "Narrow networks, trained briefly on a part of the data. Differences between the rows can be set beside the paper’s, accuracies "
            + "cannot.";

    private const string Meaningless = "This scale only shows how the experiment goes: its figures say nothing.";

    /// <param name="evaluations">The networks at several numbers of time-steps.</param>
    public ExperimentResults Of(IReadOnlyList<TimestepEvaluation> evaluations)
    {
        var cells = CellResult.WithGains([.. store.Cells.Select(cell => Cell(cell.Row, cell.Variant))]);
        var records = store.Records.Values.OrderBy(record => record.Name, StringComparer.Ordinal).ToList();
        return new ExperimentResults(
            plan.Definition.Name, plan.Definition.Title, plan.Definition.Question, plan.Scale.Name,
            plan.Scale == ExperimentScale.Paper ? null : plan.Scale.Name == "tiny" ? Meaningless : Small,
            Build.Version, Build.Commit, arguments, records.FirstOrDefault()?.Config.Dataset,
            [.. records.Select(record => record.Config.Device).Distinct()], [.. Settings()], plan.Runs.Count,
            plan.Runs.Count(store.IsFinished), [.. Teachers()], cells,
            plan.Definition.AsksConvergence
                ? Convergence.Targets(
                    cells, plan.Definition.Rows[0].Name,
                    run => [.. store.Records[run.Run].Epochs.Where(epoch => epoch is { Network: "student", Epoch: > 0 })])
                : [],
            evaluations);
    }

    private CellResult Cell(ExperimentRow row, Variant variant)
    {
        var runs = store.RunsOf(row, variant).ToList();
        var first = runs.FirstOrDefault() ?? plan.Run(row, variant, 0);
        return new CellResult(
            row.Name, row.Title, variant.Name, variant.Title, variant.Timesteps, row.Against, [.. plan.Arguments(first)],
            [.. runs.Where(store.IsFinished).Select(run => SeedResult.Of(store.Find(run)!, run.Seed))],
            PaperTables.Figure(plan.Dataset, row.Name, variant.PaperName));
    }

    private IEnumerable<TeacherResult> Teachers()
    {
        double? paper = PaperTables.Teacher(plan.Dataset);
        foreach (var teacher in plan.Runs.Select(run => run.Teacher).OfType<PlannedTeacher>().Distinct())
        {
            string title = $"{plan.Scale.Teacher}, width {plan.Runs[0].Spec.TeacherModel(2).Width}";
            if (teacher.Run is null) yield return new TeacherResult(null, title, Checkpoint.Load(teacher.Checkpoint!).Info.Accuracy, paper);
            else if (store.IsFinished(teacher.Run))
            {
                yield return new TeacherResult(teacher.Run.Name, title, SeedResult.Of(store.Find(teacher.Run)!, 0).Last, paper);
            }
        }
    }

    private IEnumerable<SettingBeside> Settings()
    {
        var student = plan.Runs[0].Spec;
        var teacher = plan.Runs.Select(run => run.Teacher?.Run).OfType<PlannedRun>().FirstOrDefault()?.Spec;
        string data = plan.Definition.PaperDataset == "cifar10" ? "CIFAR-10" : "CIFAR-100";
        string images = $"{Images(student.Data.LimitTrain)} + {Images(student.Data.LimitTest)} images";
        yield return new("data", $"{plan.Dataset}, {images}", $"{data}, 50,000 + 10,000 images");
        yield return new("width", Text(student.StudentModel(2).Width), Text(ExperimentScale.Paper.Width));
        yield return new("batch", RunSettings.BatchSize.Text(student)!, Text(ExperimentScale.Paper.BatchSize));
        yield return new(
            "epochs of a student", string.Join(", ", plan.Variants.Select(variant => variant.Epochs).Distinct()),
            Text(ExperimentScale.PaperEpochs));
        yield return new(
            "epochs of the teacher", teacher is null ? "trained before" : Text(teacher.Epochs), Text(ExperimentScale.PaperEpochs));
        yield return new("seeds", Text(plan.Seeds), "not said");
    }

    private static string Images(int? limit) => limit?.ToString("N0", CultureInfo.InvariantCulture) ?? "all";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
