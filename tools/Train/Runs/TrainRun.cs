using System.Globalization;
using Idsnn.Engine;
using Idsnn.Models;
using Idsnn.Training;

namespace Idsnn.Tools.Train;

/// <summary>One run of the train verb: its stages in order, and what they leave in its folder.</summary>
internal sealed class TrainRun(TrainVerb options, Session session)
{
    private RunFolder folder = null!;
    private RunOutcome outcome = null!;
    private TrainingDisplay display = null!;
    private string? chosenBatch;

    public int Run()
    {
        var resumed = options.Resume is null ? null : new ResumedRun(options);
        if (resumed?.Finished is { } finished)
        {
            RunFolder.Complete(resumed.Path);
            session.Log(finished);
            return 0;
        }

        // A driver takes about as long to start as data to be read.
        var reading = Task.Run(() => TrainPlan.Of(options));
        using var device = options.Open();
        var plan = reading.GetAwaiter().GetResult();
        chosenBatch = MemoryCheck.OfTraining(options, plan, device);
        outcome = new RunOutcome(options, plan);
        using (folder = resumed?.Open(plan, device, session.Log) ?? NewFolder(options.OutputDirectory, plan.AboutSpec.Name, plan.About))
        {
            if (resumed is null) folder.Write(RunDescription.Config(options, plan, device, session.Arguments));
            try
            {
                TrainingDisplay.Run(session, shown =>
                {
                    display = shown;
                    Train(plan, device);
                });
                outcome.Write(folder, Log);
            }
            catch (Exception e) when (folder.HasResults && Explained(e) is { } explained)
            {
                folder.Log(explained.Message);
                throw explained;
            }
        }

        return 0;
    }

    private void Train(TrainPlan plan, Device device)
    {
        Log($"device {device.Info.Id}: {device.Info.Name}; data {plan.Dataset.Name}, {plan.Dataset.Train.Count} + {plan.Dataset.Test.Count} images");
        foreach (string note in plan.Dataset.Notes) Log(note);
        if (chosenBatch is not null) Log(chosenBatch);
        var pipeline = new Pipeline(device, plan.Dataset, folder, Log, session.Cancellation)
        {
            From = options.Resume is null ? null : folder.LoadState(Log),
            SaveEvery = TimeSpan.FromMinutes(options.CheckpointMinutes),
            Progress = display.Progress,
        };
        using var teacher = plan.Teacher is null ? null : plan.SavedTeacher?.Build(device) ?? pipeline.Build(plan.Teacher, options.Seed);
        if (teacher is not null) TrainTeacher(pipeline, plan, teacher);
        using var student = plan.Student is null ? null : pipeline.Build(plan.Student, options.Seed + 1, options.GammaStart);
        if (student is not null) TrainStudent(pipeline, plan, student, teacher);
        outcome.Look(student ?? teacher!, session.Cancellation);
    }

    private void TrainTeacher(Pipeline pipeline, TrainPlan plan, INetwork teacher)
    {
        string name = $"teacher {teacher.Spec.Name}, width {teacher.Spec.Width}";
        if (plan.SavedTeacher is { Info: var saved })
        {
            Log(Line($"{name}: {options.TeacherCheckpoint}, epoch {saved.Epoch}, accuracy {saved.Accuracy:P2}"));
            return;
        }

        Log(Line($"{name}: {Parameters(teacher, plan):N0} parameters"));
        outcome.Add("teacher", teacher.Spec, pipeline.Train("teacher", teacher, null, options.TeacherTraining));
    }

    private void TrainStudent(Pipeline pipeline, TrainPlan plan, INetwork student, INetwork? teacher)
    {
        var spec = student.Spec;
        Log(Line($"student {spec.Name}, width {spec.Width}, T = {spec.Timesteps}: {Parameters(student, plan):N0} parameters"));
        if (plan.SavedStudent is { } start) student.Load(start.State);
        if (plan.Mapping is { } mapping) pipeline.Initialize(student, teacher!, mapping, plan.Shortcuts);
        var guide = options.StudentObjective.NeedsTeacher ? teacher : null;
        outcome.Add("student", spec, pipeline.Train("student", student, guide, options.StudentTraining));
    }

    private void Log(string line)
    {
        display.Log(line);
        folder.Log(line);
    }

    /// <summary>The error with what a user should know beside it; null where there is nothing to add.</summary>
    private Exception? Explained(Exception e)
    {
        string command = Invocation.Of("train", "--resume", folder.Path);
        return e switch
        {
            OperationCanceledException => new InterruptedException($"interrupted; what was done is saved; to go on: {command}"),
            FolderGoneException => null,
            IOException when folder.HasState => new IOException($"{e.Message}; what was saved before is kept; to go on: {command}", e),
            IOException => new IOException($"{e.Message}; no state had been saved yet; to begin again with the same options: {command}", e),
            ArithmeticException when Directory.Exists(Path.Combine(folder.Path, "checkpoints")) =>
                new ArithmeticException($"{e.Message}; the checkpoints in {folder.Path} are of the epochs before", e),
            ArithmeticException => e,
            _ => null,
        };
    }

    private static long Parameters(INetwork network, TrainPlan plan) => ModelSummary.Of(network.Spec, plan.Dataset.Train.Height).Parameters;

    private static string Line(FormattableString text) => FormattableString.Invariant(text);

    /// <summary>Makes a run's folder: the one asked for, or else runs/&lt;time&gt;-&lt;name&gt;.</summary>
    internal static RunFolder NewFolder(string? asked, string name, string about)
    {
        if (asked is not null) return new RunFolder(asked, about);
        string path = Path.Combine(ResumeTarget.RunsFolder, DateTime.Now.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture) + "-" + name);
        string free = path;
        for (int i = 2; ; i++)
        {
            try
            {
                if (!Path.Exists(free)) return new RunFolder(free, about);
            }
            catch (FolderInUseException)
            {
                // Another run began in the same second and was faster.
            }

            free = $"{path}-{i}";
        }
    }
}
