using System.Globalization;
using Idsnn.Training;

namespace Idsnn.Tools.Train;

/// <summary>Trains what an experiment lacks, one run after another, and says after each what is known.</summary>
internal sealed class ExperimentRun(ExperimentPlan plan, Session session)
{
    private readonly ExperimentStore store = new(plan);

    /// <summary>All of it; what is done already is not done again.</summary>
    public int Run()
    {
        var pending = store.Pending;
        session.Log(
            $"{plan.Definition.Name}, scale {plan.Scale.Name}: {Counted(store.All.Count, "run")}, {pending.Count} of them to be trained; "
                + $"{plan.Folder.Path}");
        for (int i = 0; i < pending.Count; i++)
        {
            session.Log(string.Empty);
            session.Log($"[{i + 1}/{pending.Count}] {pending[i].Title}");
            Train(pending[i]);
            Write([]);
        }

        var evaluations = plan.Definition.EvaluatesTimesteps ? new TimestepMeasurement(plan, store, session).Run() : [];
        var results = Write(evaluations);
        session.Log(string.Empty);
        session.Log(ExperimentTable.Format(results));
        session.Log($"results in {plan.Folder.Path}; open {plan.Folder.ReportFile}");
        return 0;
    }

    /// <summary>Says what would be trained; nothing is written.</summary>
    public int Rehearse()
    {
        var all = store.All;
        int width = all.Max(run => run.Name.Length);
        foreach (var run in all)
        {
            string state = store.IsFinished(run) ? "done" : store.Find(run) is null ? "to be trained" : "to be gone on with";
            session.Log($"{run.Name.PadRight(width)}  {Counted(run.Spec.Epochs, "epoch"),10}  {state}");
        }

        session.Log(string.Empty);
        if (store.Pending.Where(run => !run.IsTeacher).MaxBy(run => run.Work) is not { } student)
        {
            session.Log("nothing is left to be trained");
            return 0;
        }

        // A teacher that is not there yet is tried along with the most laborious student.
        var whole = plan.SpecOf(student) with { Stage = RunStage.Pipeline };
        whole = whole with { Teacher = whole.Teacher with { Checkpoint = student.Teacher?.Checkpoint } };
        session.Log($"{student.Title}, by one batch:");
        double seconds = new DryRun(whole, session).Measure();
        double tried = student.Work + (student.Teacher?.Checkpoint is null ? whole.Epochs * PlannedRun.TeacherWork : 0);
        session.Log($"about {Quantity.Time(seconds / tried * store.Pending.Sum(run => run.Work))} for what is left; nothing was written");
        return 0;
    }

    private void Train(PlannedRun run)
    {
        var (spec, folder) = (plan.SpecOf(run), plan.Folder.Run(run.Name));
        try
        {
            if (store.Find(run) is null) new TrainRun(spec, session with { Arguments = plan.Arguments(run) }).Run(folder);
            else Resume(new ResumedRun(folder, started => WithFilesOf(started, spec)));
        }
        catch (OperationCanceledException)
        {
            throw new InterruptedException($"interrupted; what was done is saved; to go on: {Invocation.Of(session.Arguments)}");
        }

        store.Refresh(run);
    }

    private void Resume(ResumedRun run) => new TrainRun(run.Spec, session).Run(run);

    /// <summary>A training as it was started, on the device and with the files of this command.</summary>
    private static RunSpec WithFilesOf(RunSpec started, RunSpec asked) => started with
    {
        DeviceName = asked.DeviceName ?? started.DeviceName,
        Data = started.Data with { Path = asked.Data.Path },
        Teacher = started.Teacher with { Checkpoint = asked.Teacher.Checkpoint ?? started.Teacher.Checkpoint },
    };

    private ExperimentResults Write(IReadOnlyList<TimestepEvaluation> evaluations)
    {
        var results = new ExperimentSummary(plan, store, session.Arguments).Of(evaluations);
        plan.Folder.Write(results, store.Records);
        return results;
    }

    private static string Counted(int n, string noun) =>
        $"{n.ToString(CultureInfo.InvariantCulture)} {noun}{(n == 1 ? string.Empty : "s")}";
}
