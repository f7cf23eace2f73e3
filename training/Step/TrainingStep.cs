using Idsnn.Engine;
using Idsnn.Models;

namespace Idsnn.Training;

/// <summary>
/// One training step, the same for a training, its estimate and its rehearsal, a benchmark, a profile and a trace: the frozen teacher's
/// forward pass without a tape, the student's forward pass through all time-steps, the loss, back-propagation through time, and the update.
/// </summary>
public sealed class TrainingStep : IDisposable
{
    private readonly INetwork student;
    private readonly INetwork? teacher;
    private readonly bool perStep;
    private readonly UpdateOptions update;
    private readonly ulong seed;
    private readonly Tensor[] parameters;

    /// <summary>Prepares to train a network; it and its teacher stay the caller's.</summary>
    /// <param name="student">The network that learns.</param>
    /// <param name="teacher">The frozen network it learns from, in evaluation mode; null without distillation.</param>
    /// <param name="objective">The loss.</param>
    /// <param name="update">How gradients change the parameters.</param>
    /// <param name="seed">Seed of the Poisson encoder.</param>
    /// <param name="counts">Whether losses and hits are summed over the steps.</param>
    /// <exception cref="ArgumentException">The objective distils and there is no teacher.</exception>
    public TrainingStep(INetwork student, INetwork? teacher, Objective objective, UpdateOptions update, ulong seed = 0, bool counts = true)
    {
        Objective = objective.Create(student, teacher);
        this.teacher = objective.NeedsTeacher ? teacher : null;
        (this.student, perStep, this.update, this.seed) = (student, objective.PerStep, update, seed);
        NamedTensor[] trained =
            [.. State().Where(entry => entry.IsParameter).Select(entry => new NamedTensor(entry.Name, entry.Tensor!))];
        parameters = [.. trained.Select(parameter => parameter.Tensor)];
        Optimizer = update.Optimizer.Create(trained);
        if (counts || Clips || Skips) Sums = new MetricSums(student.Device, Objective.Terms);
    }

    /// <summary>What is minimised.</summary>
    public IObjective Objective { get; }

    /// <summary>Moves the parameters.</summary>
    public IOptimizer Optimizer { get; }

    /// <summary>The losses and hits of the steps so far; null where neither they nor the update's guard are wanted.</summary>
    internal MetricSums? Sums { get; }

    /// <summary>Whether a step that is not finite changes nothing, and training goes on.</summary>
    internal bool Skips => update.OnNonFinite == OnNonFinite.Skip;

    /// <summary>The frozen network that the student learns from; null without distillation.</summary>
    internal INetwork? Teacher => teacher;

    private bool Clips => update.ClipNorm > 0f;

    /// <summary>Runs both forward passes, the loss and the backward pass. Leaves gradients in the student's parameters.</summary>
    /// <param name="images">As <see cref="INetwork.Forward"/> takes them, normalised.</param>
    /// <param name="labels">[N].</param>
    /// <param name="draw">Which step this is, for the Poisson encoder; null for number 0.</param>
    /// <param name="probe">Looks at the student's forward pass, or null.</param>
    public StepLosses Backward(Tensor images, Labels labels, DrawNumber? draw = null, ForwardProbe? probe = null)
    {
        var profile = student.Device.Launcher.Profile;
        profile?.Enter("teacher");
        using Taps? teacherTaps = teacher is null ? null : Tap(), taps = Tap();
        using var soft = teacher?.Forward(images, Pass.Evaluation with { Taps = teacherTaps });
        profile?.Enter("forward");
        using var tape = new Tape();
        var logits = student.Forward(
            images, Pass.Training with { Seed = seed, Draw = draw, PerStep = perStep, Probe = probe, Taps = taps });
        var (total, terms) = Objective.Evaluate(new ForwardPasses(labels, logits, student.Spec.Timesteps, taps, soft, teacherTaps));
        profile?.Enter("backward");
        tape.Backward(total);
        return new StepLosses(MeanReadOut(logits), total, terms);
    }

    /// <summary>
    /// Moves the parameters by their gradients and throws those away. Where steps are summed, an update is left out whose loss or gradients
    /// are not finite. It never waits for the device.
    /// </summary>
    /// <param name="losses">What <see cref="Backward"/> gave.</param>
    /// <param name="labels">The labels it was given.</param>
    /// <param name="wantsNorm">Whether the caller reads the gradients' norm.</param>
    /// <returns>The sum of the squares of all gradients, [1]; null where neither the caller nor the update needs it.</returns>
    public Tensor? Update(StepLosses losses, Labels labels, bool wantsNorm = false)
    {
        student.Device.Launcher.Profile?.Enter("update");
        var squaredNorm = wantsNorm || Clips || Skips
            ? Ops.SquaredNorm([.. parameters.Select(parameter => parameter.Gradient!)])
            : null;
        Sums?.Add(losses, labels, new UpdateRule(Optimizer.Gate, squaredNorm, update.ClipNorm, Skips));
        Optimizer.Step();
        return squaredNorm;
    }

    /// <summary>Work made of steps of this network that is done again and again and may be replayed.</summary>
    /// <param name="work">Queues it.</param>
    internal StepGraph Repeat(Action work) => new(
        student.Device, work, [.. State().Select(entry => entry.Tensor).OfType<Tensor>()], student.CountBatch);

    /// <summary>All that steps change of the student and of the layers that the objective owns.</summary>
    internal IEnumerable<StateEntry> State() => student.State().Concat(Objective.State());

    /// <inheritdoc/>
    public void Dispose()
    {
        Optimizer.Dispose();
        Sums?.Dispose();
        Objective.Dispose();
    }

    /// <summary>What takes hold of the activations that the objective compares; null where it compares none.</summary>
    private Taps? Tap() =>
        Objective.WantsStages || Objective.WantsFeatures ? new Taps(Objective.WantsStages, Objective.WantsFeatures) : null;

    private Tensor MeanReadOut(Tensor logits)
    {
        using var suspension = Tape.NoGrad();
        return perStep && student.Spec.Timesteps > 1 ? Ops.MeanOverTime(logits, student.Spec.Timesteps) : logits;
    }
}
