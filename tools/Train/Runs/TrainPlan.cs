using Idsnn.Datasets;
using Idsnn.Engine;
using Idsnn.Models;
using Idsnn.Training;

namespace Idsnn.Tools.Train;

/// <summary>What --stage chooses.</summary>
internal enum TrainStage
{
    Pipeline,
    Teacher,
    Student,
}

/// <summary>What a train command comes to, once its data and checkpoints are read and seen to fit.</summary>
/// <param name="Stage">What is trained.</param>
/// <param name="Dataset">What is learned.</param>
/// <param name="Teacher">The teacher; null where none takes part.</param>
/// <param name="SavedTeacher">Its checkpoint; null where it is trained.</param>
/// <param name="Student">The student; null where a teacher alone is trained.</param>
/// <param name="SavedStudent">What the student starts from; null where it starts random or from the teacher.</param>
/// <param name="Mapping">How the student starts from the teacher; null where it does not.</param>
/// <param name="Shortcuts">What becomes of the shortcuts then.</param>
internal sealed record TrainPlan(
    TrainStage Stage, Dataset Dataset, ModelSpec? Teacher, Checkpoint? SavedTeacher, ModelSpec? Student, Checkpoint? SavedStudent,
    BlockMapping? Mapping, ShortcutInit Shortcuts)
{
    /// <summary>The network that the run is about, as files and logs call it.</summary>
    public string About => Stage == TrainStage.Teacher ? "teacher" : "student";

    /// <summary>Its description.</summary>
    public ModelSpec AboutSpec => Student ?? Teacher!;

    /// <summary>Reads and checks everything that options name.</summary>
    /// <exception cref="ArgumentException">Something does not make sense or does not fit.</exception>
    public static TrainPlan Of(TrainVerb options)
    {
        options.Validate();
        var stage = Choice.Parse<TrainStage>("--stage", options.Stage);
        var mapping = NetworkVerb.InitMapping(options.Init);
        if (options.StudentCheckpoint is not null) mapping = null;
        var shortcuts = Choice.Parse<ShortcutInit>("--shortcuts", options.Shortcuts);
        bool needsTeacher = stage == TrainStage.Teacher || mapping is not null || options.StudentObjective.NeedsTeacher;
        if (stage == TrainStage.Student && needsTeacher && options.TeacherCheckpoint is null)
        {
            throw new ArgumentException("--stage student needs --teacher-checkpoint, unless --init none and --kd-alpha 0"
                + (options.FeatureWeight > 0f ? " and --kd-features 0" : string.Empty));
        }

        if (stage == TrainStage.Teacher && options.TeacherCheckpoint is not null)
        {
            throw new ArgumentException("--stage teacher trains a teacher; leave --teacher-checkpoint out");
        }

        if (stage == TrainStage.Teacher && options.StudentCheckpoint is not null)
        {
            throw new ArgumentException("--stage teacher trains no student; leave --student-checkpoint out");
        }

        var teacher = options.TeacherCheckpoint is null ? null : Networks.LoadTeacher(options.TeacherCheckpoint);
        var start = options.StudentCheckpoint is null ? null : Checkpoint.Load(options.StudentCheckpoint);
        var dataset = DataSource.Load(options.DatasetName, options.DataPath, options.LimitTrain, options.LimitTest, options.ImageSize);
        if (start is not null) dataset = Networks.For(start, options.StudentCheckpoint!, dataset);
        if (teacher is not null) dataset = Networks.For(teacher, options.TeacherCheckpoint!, dataset);
        var studentSpec = options.StudentSpec(dataset.Classes);
        var teacherSpec = teacher?.Info.Model ?? options.TeacherSpec(dataset.Classes);
        if (stage != TrainStage.Teacher && mapping is { } fit) AnnInitializer.RequireFit(studentSpec, teacherSpec, fit, shortcuts);
        if (start is not null) Networks.RequireSameWeights(start, options.StudentCheckpoint!, studentSpec);
        return new TrainPlan(
            stage, dataset, needsTeacher ? teacherSpec : null, teacher, stage == TrainStage.Teacher ? null : studentSpec, start, mapping,
            shortcuts);
    }
}
