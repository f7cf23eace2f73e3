using Idsnn.Engine;
using Idsnn.Models;

namespace Idsnn.Training;

/// <summary>What a run trains.</summary>
public enum RunStage
{
    /// <summary>A teacher, unless there is a checkpoint of one, and then its student.</summary>
    Pipeline,

    /// <summary>A teacher alone.</summary>
    Teacher,

    /// <summary>A student alone.</summary>
    Student,
}

/// <summary>
/// A whole training as a value: what <c>TrainingRun</c> carries out and config.json records. Its defaults, and those of the records
/// in it, are the paper's (§4.1), and where the paper is silent its authors'; they stand nowhere else.
/// <see cref="RunSettings"/> gives each member its name in config.json and on the command line.
/// </summary>
public sealed partial record RunSpec
{
    /// <summary>The largest batch that is chosen where <see cref="BatchSize"/> is null.</summary>
    public const int LargestChosenBatch = 256;

    /// <summary>What is trained.</summary>
    public RunStage Stage { get; init; }

    /// <summary>The named set of values that this one began as.</summary>
    public Recipe Recipe { get; init; }

    /// <summary>The network that the run is about.</summary>
    public StudentSpec Student { get; init; } = new();

    /// <summary>The ordinary network that it starts from and learns under.</summary>
    public TeacherSpec Teacher { get; init; } = new();

    /// <summary>The poolings of both, where they are VGGs.</summary>
    public Pooling Pooling { get; init; }

    /// <summary>What the student's weights start from.</summary>
    public StartSpec Start { get; init; } = new();

    /// <summary>What is learned.</summary>
    public DataSpec Data { get; init; } = new();

    /// <summary>How training images are changed.</summary>
    public AugmentationSpec Augmentation { get; init; } = new();

    /// <summary>The student's loss; a teacher's is cross-entropy.</summary>
    public ObjectiveSpec Objective { get; init; } = new();

    /// <summary>The learning rate.</summary>
    public LearningRate Rate { get; init; } = new();

    /// <summary>The optimizer.</summary>
    public OptimizerSpec Optimizer { get; init; } = new();

    /// <summary>Epochs of the student; with 0 it is initialised and measured.</summary>
    public int Epochs { get; init; } = 200;

    /// <summary>Images per step; null for the largest power of two up to <see cref="LargestChosenBatch"/> that fits into memory.</summary>
    public int? BatchSize { get; init; } = 64;

    /// <summary>Decay of the moving average of weights that is tested and kept; 0: the weights themselves are.</summary>
    public float AverageDecay { get; init; }

    /// <summary>What happens at a step whose loss or gradients are not finite.</summary>
    public OnNonFinite OnNonFinite { get; init; }

    /// <summary>Of the weights, the order of the data, the augmentation and the Poisson encoder.</summary>
    public ulong Seed { get; init; }

    /// <summary>The device's name, as <see cref="DeviceCatalog"/> takes it; null for the environment's choice, or else the best.</summary>
    public string? DeviceName { get; init; }

    /// <summary>In what the device computes; null for its own choice.</summary>
    public Precision? Precision { get; init; }

    /// <summary>What arithmetic costs, for the energy estimate.</summary>
    public EnergyCosts Energy { get; init; } = new();

    /// <summary>Minutes between saves of the state within an epoch; 0: it is saved after each epoch alone.</summary>
    public double CheckpointMinutes { get; init; } = 5;

    /// <summary>How the teacher is trained.</summary>
    public TrainingOptions TeacherTraining => Training(Teacher.Epochs ?? Epochs, Idsnn.Training.Objective.CrossEntropy);

    /// <summary>How the student is trained.</summary>
    public TrainingOptions StudentTraining => Training(Epochs, Objective.Build());

    /// <summary>Whether the student learns under a teacher.</summary>
    public bool Distils => Objective.Build().NeedsTeacher;

    /// <summary>Whether it needs a teacher, to start from or to learn under.</summary>
    public bool UsesTeacher => Mapping is not null || Distils;

    /// <summary>How the student starts from the teacher; null where it does not.</summary>
    public BlockMapping? Mapping => Start.Checkpoint is null ? Start.Mapping : null;

    private TrainingOptions Training(int epochs, Idsnn.Training.Objective objective) => new(
        epochs, BatchSize ?? LargestChosenBatch, Rate.Over(epochs),
        new UpdateOptions(Optimizer.Build(), Optimizer.ClipNorm, OnNonFinite), objective, Augmentation.Build(), Seed, Data.Workers,
        AverageDecay);
}
