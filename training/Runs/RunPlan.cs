using System.Globalization;
using Idsnn.Datasets;
using Idsnn.Engine;
using Idsnn.Models;

namespace Idsnn.Runs;

/// <summary>What a <see cref="RunSpec"/> comes to, once its data and checkpoints are read and seen to fit.</summary>
/// <param name="Spec">The training.</param>
/// <param name="Dataset">What is learned.</param>
/// <param name="Teacher">The teacher; null where none takes part.</param>
/// <param name="SavedTeacher">Its checkpoint; null where it is trained.</param>
/// <param name="Student">The student; null where a teacher alone is trained.</param>
/// <param name="SavedStudent">What the student starts from; null where it starts random or from the teacher.</param>
public sealed record RunPlan(
    RunSpec Spec, Dataset Dataset, ModelSpec? Teacher, Checkpoint? SavedTeacher, ModelSpec? Student, Checkpoint? SavedStudent)
{
    /// <summary>The network that the run is about, as files and logs call it.</summary>
    public string About => Student is null ? RunSummary.TeacherName : RunSummary.StudentName;

    /// <summary>Its description.</summary>
    public ModelSpec AboutSpec => Student ?? Teacher!;

    /// <summary>What there is to say of a run that begins now.</summary>
    /// <param name="device">Where it runs.</param>
    /// <param name="arguments">The command line; none where there is no command.</param>
    public RunConfig Record(Device device, IReadOnlyList<string> arguments)
    {
        var (spec, data) = (RunSettings.WithFullPaths(Spec.Settled), Dataset);

        // Else a pipeline's teacher would follow the student where that is resumed for more epochs.
        bool trainsBoth = spec.Stage == RunStage.Pipeline && SavedTeacher is null;
        if (trainsBoth) spec = spec with { Teacher = spec.Teacher with { Epochs = spec.TeacherTraining.Epochs } };
        return new RunConfig(
            Build.Version, Build.Commit, DateTimeOffset.Now.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture), arguments,
            new RunDevice(device.Info.Id, device.Info.Name),
            new RunDataset(data.Name, data.Train.Count, data.Test.Count, data.ClassNames, RunConfig.ChecksumOf(data)),
            Teacher, Student, RunSettings.Write(spec), SavedTeacher?.Info.Accuracy);
    }

    /// <summary>Reads and checks everything that a training names.</summary>
    /// <param name="spec">The training.</param>
    /// <param name="resumed">Whether a run is resumed.</param>
    /// <exception cref="ArgumentException">Something does not make sense or does not fit.</exception>
    /// <exception cref="IOException">A file is not there or cannot be read.</exception>
    /// <exception cref="InvalidDataException">A file is damaged.</exception>
    public static RunPlan Of(RunSpec spec, bool resumed = false)
    {
        spec.Validate(resumed);
        RequireRole(spec);
        string? teacherFile = spec.Teacher.Checkpoint, studentFile = spec.Start.Checkpoint;
        var teacher = teacherFile is null ? null : CheckpointFit.LoadTeacher(teacherFile);
        var start = studentFile is null ? null : Checkpoint.Load(studentFile);
        var dataset = DataSource.Load(spec.Data);
        if (start is not null) dataset = CheckpointFit.For(start, studentFile!, dataset);
        if (teacher is not null) dataset = CheckpointFit.For(teacher, teacherFile!, dataset);
        var studentSpec = spec.StudentModel(dataset.Classes);
        var teacherSpec = teacher?.Info.Model ?? spec.TeacherModel(dataset.Classes);
        bool trainsStudent = spec.Stage != RunStage.Teacher;
        if (trainsStudent && spec.Mapping is { } map) AnnInitializer.RequireFit(studentSpec, teacherSpec, map, spec.Start.Shortcuts);
        if (start is not null) CheckpointFit.RequireSameWeights(start, studentFile!, studentSpec);
        return new RunPlan(
            spec, dataset, !trainsStudent || spec.UsesTeacher ? teacherSpec : null, teacher, trainsStudent ? studentSpec : null, start);
    }

    /// <summary>Sees that what is trained has what it needs, and nothing that it has no use for.</summary>
    private static void RequireRole(RunSpec spec)
    {
        if (spec.Stage == RunStage.Student && spec.UsesTeacher && spec.Teacher.Checkpoint is null)
        {
            var (init, alpha, features) = (RunSettings.Init, RunSettings.Alpha, RunSettings.Features);
            FormattableString none = $"{RunSettings.Stage} student needs {RunSettings.TeacherCheckpoint}, unless {init} none and {alpha} 0";
            FormattableString all =
                $"{RunSettings.Stage} student needs {RunSettings.TeacherCheckpoint}, unless {init} none and {alpha} 0 and {features} 0";
            throw new SettingException(spec.Objective.FeatureWeight > 0f ? all : none);
        }

        if (spec.Stage == RunStage.Teacher && spec.Teacher.Checkpoint is not null)
        {
            throw new SettingException($"{RunSettings.Stage} teacher trains a teacher; leave {RunSettings.TeacherCheckpoint} out");
        }

        if (spec.Stage == RunStage.Teacher && spec.Start.Checkpoint is not null)
        {
            throw new SettingException($"{RunSettings.Stage} teacher trains no student; leave {RunSettings.StudentCheckpoint} out");
        }
    }
}
