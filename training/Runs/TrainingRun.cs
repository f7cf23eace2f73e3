using Idsnn.Engine;
using Idsnn.Models;

namespace Idsnn.Runs;

/// <summary>Carries a training out: its networks in order, and what they leave in the run's folder.</summary>
/// <param name="plan">The training.</param>
/// <param name="device">Where.</param>
/// <param name="folder">The run's folder, in which config.json is written already.</param>
/// <param name="log">Takes one line at a time.</param>
/// <param name="cancellation">Stops between training steps, with the state saved.</param>
public sealed class TrainingRun(RunPlan plan, Device device, RunFolder folder, Action<string> log, CancellationToken cancellation = default)
{
    private readonly RunSpec spec = plan.Spec;
    private readonly RunOutcome outcome = new(plan);

    /// <summary>Whether the folder is of a run that is to be resumed.</summary>
    public bool Resumes { get; init; }

    /// <summary>Is told about once a second how training goes.</summary>
    public IProgress<TrainingProgress>? Progress { get; init; }

    /// <summary>Whether the student's initialisation is logged tensor by tensor, and not by block.</summary>
    public bool Verbose { get; init; }

    /// <summary>What is said before the first network is trained, after the data's own notes.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Does a whole training, with the device and the folder that it needs.</summary>
    /// <param name="spec">The training.</param>
    /// <param name="folder">Where config.json, metrics.csv, results.json, report.html and checkpoints go; it holds no run yet.</param>
    /// <param name="log">Takes one line at a time; null for nobody.</param>
    /// <param name="cancellation">Stops between training steps, with the state saved.</param>
    /// <returns>What it came to, which is in results.json too.</returns>
    /// <exception cref="ArgumentException">Something does not make sense or does not fit, or the folder holds a run already.</exception>
    /// <exception cref="IOException">A file is not there, or cannot be written.</exception>
    /// <exception cref="InsufficientMemoryException">Batches of that size do not fit; the message says which do.</exception>
    /// <exception cref="ArithmeticException">The loss is no longer finite; what was saved before is kept.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; what was done is saved.</exception>
    public static RunResults Start(RunSpec spec, string folder, Action<string>? log = null, CancellationToken cancellation = default)
    {
        var asked = RunPlan.Of(spec);
        using var device = DeviceCatalog.Open(spec.DeviceName, precision: spec.Precision);
        var plan = MemoryCheck.OfTraining(asked, device);
        using var files = new RunFolder(folder, plan.About);
        files.Write(plan.Record(device, []));
        var results = new TrainingRun(plan, device, files, log ?? (_ => { }), cancellation).Train();
        if (files.Finish(results) is { } warning) log?.Invoke(warning);
        return results;
    }

    /// <summary>Trains the networks and looks at the one that the run is about; the results are still to be written.</summary>
    /// <exception cref="ArithmeticException">The loss is no longer finite; what was saved before is kept.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; what was done is saved.</exception>
    public RunResults Train()
    {
        var data = plan.Dataset;
        log($"device {device.Info.Id}: {device.Info.Name}; data {data.Name}, {data.Train.Count} + {data.Test.Count} images");
        foreach (string note in data.Notes.Concat(Notes)) log(note);
        var pipeline = new Pipeline(device, data, folder, log, cancellation)
        {
            From = Resumes ? folder.LoadState(log) : null,
            SaveEvery = TimeSpan.FromMinutes(spec.CheckpointMinutes),
            Progress = Progress,
            Verbose = Verbose,
        };
        using var teacher = plan.Teacher is null ? null : plan.SavedTeacher?.Build(device) ?? pipeline.Build(plan.Teacher, spec.Seed);
        if (teacher is not null) TrainTeacher(pipeline, teacher);
        using var student = plan.Student is null ? null : pipeline.Build(plan.Student, spec.Seed + 1, spec.Start.Gamma);
        if (student is not null) TrainStudent(pipeline, student, teacher);
        outcome.Look(student ?? teacher!, cancellation);
        return outcome.Results;
    }

    private void TrainTeacher(Pipeline pipeline, INetwork teacher)
    {
        string name = $"teacher {teacher.Spec.Name}, width {teacher.Spec.Width}";
        if (plan.SavedTeacher is { Info: var saved })
        {
            log(Line($"{name}: {spec.Teacher.Checkpoint}, epoch {saved.Epoch}, accuracy {saved.Accuracy:P2}"));
            return;
        }

        log(Line($"{name}: {Parameters(teacher):N0} parameters"));
        outcome.Add(RunSummary.TeacherName, teacher.Spec, pipeline.Train(RunSummary.TeacherName, teacher, null, spec.TeacherTraining));
    }

    private void TrainStudent(Pipeline pipeline, INetwork student, INetwork? teacher)
    {
        var network = student.Spec;
        log(Line($"student {network.Name}, width {network.Width}, T = {network.Timesteps}: {Parameters(student):N0} parameters"));
        if (plan.SavedStudent is { } start) student.Load(start.State);
        if (spec.Mapping is { } mapping) pipeline.Initialize(student, teacher!, mapping, spec.Start.Shortcuts);
        var under = spec.Distils ? teacher : null;
        outcome.Add(RunSummary.StudentName, network, pipeline.Train(RunSummary.StudentName, student, under, spec.StudentTraining));
    }

    private long Parameters(INetwork network) => ModelSummary.Of(network.Spec, plan.Dataset.Train.Height).Parameters;

    private static string Line(FormattableString text) => FormattableString.Invariant(text);
}
