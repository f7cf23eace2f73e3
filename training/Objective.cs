using Idsnn.Engine;
using Idsnn.Models;

namespace Idsnn.Training;

/// <summary>The loss, L = CE + α·T²·KL (Eq. 8).</summary>
/// <param name="Alpha">α; 0 trains without a teacher.</param>
/// <param name="Temperature">T of the softened softmax.</param>
/// <param name="LabelSmoothing">ε of the cross-entropy's targets.</param>
/// <param name="PerStep">
/// Whether both terms are taken of each time-step's read-out and averaged over time (TET, Deng et al. 2022), instead of once of the mean
/// read-out.
/// </param>
public sealed record Objective(float Alpha = 0.3f, float Temperature = 4f, float LabelSmoothing = 0f, bool PerStep = false)
{
    /// <summary>Cross-entropy alone.</summary>
    public static Objective CrossEntropy { get; } = new(0f);
}

/// <summary>What one forward and backward pass gave; the tensors belong to the caller's scope.</summary>
/// <param name="Logits">The student's, the mean over time, [N, K].</param>
/// <param name="Total">The loss, [1].</param>
/// <param name="CrossEntropy">Its cross-entropy, [1].</param>
/// <param name="Distillation">Its KL term before α·T², [1]; null without a teacher.</param>
public sealed record StepLosses(Tensor Logits, Tensor Total, Tensor CrossEntropy, Tensor? Distillation);

/// <summary>
/// One training step without its update: the frozen teacher's forward without a tape, the student's forward through all time-steps,
/// the loss, and back-propagation through time.
/// </summary>
/// <param name="student">The network that learns.</param>
/// <param name="teacher">The frozen network it learns from, in evaluation mode; null without distillation.</param>
/// <param name="objective">The loss.</param>
/// <param name="seed">Of the Poisson encoder.</param>
public sealed class TrainingStep(INetwork student, INetwork? teacher, Objective objective, ulong seed = 0)
{
    private readonly INetwork? teacher = objective.Alpha > 0f
        ? teacher ?? throw new ArgumentException("distillation (α above 0) needs a teacher")
        : null;

    /// <summary>Leaves gradients in the student's parameters.</summary>
    /// <param name="images">[N, H, W, 3], normalised.</param>
    /// <param name="labels">[N].</param>
    /// <param name="draw">Which step this is, for the Poisson encoder; null for number 0.</param>
    /// <param name="probe">Looks at the student's forward pass, or null.</param>
    public StepLosses Run(Tensor images, Labels labels, DrawNumber? draw = null, ForwardProbe? probe = null)
    {
        var profile = student.Device.Launcher.Profile;
        profile?.Enter("teacher");
        using var soft = teacher?.Forward(images, Pass.Evaluation);
        profile?.Enter("forward");
        using var tape = new Tape();
        int timesteps = objective.PerStep ? student.Spec.Timesteps : 1;
        var logits = student.Forward(
            images, Pass.Training with { Seed = seed, Draw = draw, PerStep = objective.PerStep, Probe = probe });
        var losses = Loss(logits, labels, soft, timesteps);
        profile?.Enter("backward");
        tape.Backward(losses.Total);
        return losses with { Logits = MeanReadOut(logits, timesteps) };
    }

    private StepLosses Loss(Tensor logits, Labels labels, Tensor? soft, int timesteps)
    {
        float temperature = objective.Temperature, smoothing = objective.LabelSmoothing;
        if (soft is null)
        {
            var loss = Ops.CrossEntropy(logits, labels, smoothing, timesteps);
            return new StepLosses(logits, loss, loss, null);
        }

        var (total, ce, kl) = Ops.DistillationLoss(
            logits, labels, soft, objective.Alpha * temperature * temperature, temperature, smoothing, timesteps);
        return new StepLosses(logits, total, ce, kl);
    }

    private static Tensor MeanReadOut(Tensor logits, int timesteps)
    {
        using var suspension = Tape.NoGrad();
        return timesteps == 1 ? logits : Ops.MeanOverTime(logits, timesteps);
    }
}
