using Idsnn.Training;

namespace Idsnn.Tools.Train;

/// <summary>What suits the length of a training, where a row leaves it to that.</summary>
/// <param name="WarmupEpochs">The strong recipe's warm-up, in proportion.</param>
/// <param name="AverageDecay">Decay of its averaged weights, which must forget within the training.</param>
internal sealed record Suited(int WarmupEpochs, float AverageDecay);

/// <summary>One way of training in an experiment.</summary>
/// <param name="Name">Its short name, with which its folders begin.</param>
/// <param name="Title">What it is.</param>
/// <param name="Change">What sets it apart.</param>
/// <param name="Against">The row that it is compared with; null for none.</param>
internal sealed record ExperimentRow(string Name, string Title, Func<RunSpec, Suited, RunSpec> Change, string? Against = null)
{
    /// <summary>The recipe that it begins from; null for that of all rows.</summary>
    public Recipe? Recipe { get; init; }

    /// <summary>Whether its teacher is trained in the same way, rather than shared with the other rows.</summary>
    public bool HasOwnTeacher { get; init; }
}

/// <summary>A set of milestones and how long is trained with it.</summary>
/// <param name="Milestones">Epochs at which the rate drops, in the paper.</param>
/// <param name="Epochs">Epochs in all, at the paper's scale.</param>
internal sealed record MilestoneSet(IReadOnlyList<int> Milestones, int Epochs);

/// <summary>An experiment: rows to be trained and compared.</summary>
/// <param name="Name">What the command calls it.</param>
/// <param name="Title">What it is about.</param>
/// <param name="Question">What it asks.</param>
/// <param name="PaperDataset">The data at the paper's scale.</param>
/// <param name="Seeds">How many seeds unless told otherwise.</param>
/// <param name="Rows">The rows.</param>
internal sealed record ExperimentDefinition(
    string Name, string Title, string Question, string PaperDataset, int Seeds, IReadOnlyList<ExperimentRow> Rows)
{
    /// <summary>The paper's schedule.</summary>
    public static readonly MilestoneSet PaperSchedule = new(new RunSpec().Rate.Milestones, ExperimentScale.PaperEpochs);

    /// <summary>The milestone sets that the rows are tried with.</summary>
    public IReadOnlyList<MilestoneSet> Schedules { get; init; } = [PaperSchedule];

    /// <summary>Time-steps that the rows are tried with.</summary>
    public IReadOnlyList<int> Timesteps { get; init; } = [new RunSpec().Student.Timesteps];

    /// <summary>Whether it asks how fast the first row's best is reached.</summary>
    public bool AsksConvergence => Schedules.Count > 1;

    /// <summary>Whether its networks are evaluated at several numbers of time-steps.</summary>
    public bool EvaluatesTimesteps { get; init; }
}
