using Idsnn.Training;

namespace Idsnn.Tools.Train;

/// <summary>What all rows of an experiment are tried under in turn: T, and a set of milestones.</summary>
/// <param name="Name">Stands in the names of its folders.</param>
/// <param name="Title">In words.</param>
/// <param name="PaperName">What the paper's figures are kept under.</param>
/// <param name="Timesteps">T.</param>
/// <param name="Epochs">Epochs.</param>
/// <param name="Milestones">Epochs at which the rate drops.</param>
internal sealed record Variant(string Name, string Title, string PaperName, int Timesteps, int Epochs, IReadOnlyList<int> Milestones);

/// <summary>One run of an experiment, done or not.</summary>
/// <param name="Name">Its folder in the experiment's.</param>
/// <param name="Title">What it is.</param>
/// <param name="Seed">Its seed.</param>
/// <param name="Spec">The training, without the file of its teacher.</param>
internal sealed record PlannedRun(string Name, string Title, ulong Seed, RunSpec Spec)
{
    /// <summary>A teacher's work on an image: about twice as deep as a student that is run for one step.</summary>
    public const double TeacherWork = 2;

    /// <summary>What a student learns from; null for a teacher, and for a student that needs none.</summary>
    public PlannedTeacher? Teacher { get; init; }

    /// <summary>How much work it is, in images through a network and back per image of the train set.</summary>
    public double Work
    {
        get
        {
            const double distilled = 0.5;
            return Spec.Epochs * (IsTeacher ? TeacherWork : Spec.Student.Timesteps + (Spec.Distils ? distilled : 0));
        }
    }

    /// <summary>Whether it trains a teacher.</summary>
    public bool IsTeacher => Spec.Stage == RunStage.Teacher;
}

/// <summary>A teacher: a run that trains it, or a checkpoint from before.</summary>
/// <param name="Run">The run; null where there is a checkpoint.</param>
/// <param name="Checkpoint">The checkpoint; null where a run makes it.</param>
internal sealed record PlannedTeacher(PlannedRun? Run, string? Checkpoint);
