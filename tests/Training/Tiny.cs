using Idsnn.Datasets;
using Idsnn.Engine;
using Idsnn.Models;
using Idsnn.Training;

namespace Idsnn.Tests.Training;

/// <summary>Networks and data that train in a moment.</summary>
internal static class Tiny
{
    public static readonly ModelSpec Ann = new(ModelKind.Ann, 18, 3, 10);

    public static readonly ModelSpec Spiking = new(ModelKind.Spiking, 18, 3, 10, Timesteps: 2, Neuron: new Neuron());

    /// <summary>A γ at which evaluation-mode neurons of an untrained network still fire.</summary>
    public const float Lively = 4f;

    private static readonly Dataset All = Synthetic.Create(60, 30, 12, seed: 1);

    /// <summary>Sixty images to learn from, thirty to be judged by, 12×12.</summary>
    public static Dataset Dataset => All;

    public static UpdateOptions Update { get; } = new(new SgdOptions());

    public static Normalization Normalization => new(All.Mean, All.Std);

    public static TrainingOptions Options(int epochs, Objective? objective = null, int workers = 2, double lr = 0.05) => new(
        epochs, 16, new LearningRateSchedule(lr, epochs, ScheduleKind.MultiStep, []), Update, objective ?? Objective.CrossEntropy,
        Augmentation.CropFlip, 7, workers);

    /// <summary>Parameters as an optimizer takes them, called p0, p1 and so on.</summary>
    public static IReadOnlyList<NamedTensor> Named(params Tensor[] parameters) =>
        [.. parameters.Select((parameter, i) => new NamedTensor($"p{i}", parameter))];

    /// <summary>The terms of a loss.</summary>
    public static LossValues Terms(double crossEntropy, double distillation = 0) => distillation == 0
        ? new(new LossValue(LossTerm.CrossEntropy, crossEntropy))
        : new(new LossValue(LossTerm.CrossEntropy, crossEntropy), new LossValue(LossTerm.Distillation, distillation));

    /// <summary>Runs the passes of one training step, which leave gradients in the student's parameters.</summary>
    public static StepLosses Backward(INetwork student, INetwork? teacher, Objective objective, Tensor images, Labels labels)
    {
        using var step = new TrainingStep(student, teacher, objective, Update, counts: false);
        return step.Backward(images, labels);
    }
}
