using Idsnn.Engine;
using Idsnn.Models;

namespace Idsnn.Training;

/// <summary>Cross-entropy of the labels and, with α above 0, the KL divergence from the teacher, in one kernel.</summary>
/// <param name="options">The constants.</param>
/// <param name="timesteps">The student's number of time-steps.</param>
internal sealed class LogitLoss(Objective options, int timesteps) : IObjective
{
    private readonly int readOuts = options.PerStep ? timesteps : 1;

    public IReadOnlyList<string> Terms { get; } =
        options.Alpha > 0f ? [LossTerm.CrossEntropy, LossTerm.Distillation] : [LossTerm.CrossEntropy];

    public bool WantsStages => false;

    public bool WantsFeatures => false;

    public IEnumerable<StateEntry> State() => [];

    public LossSum Evaluate(ForwardPasses passes)
    {
        float temperature = options.Temperature, smoothing = options.LabelSmoothing, weight = options.Alpha * temperature * temperature;
        if (options.Alpha == 0f)
        {
            var loss = Ops.CrossEntropy(passes.Logits, passes.Labels, smoothing, readOuts);
            return new LossSum(loss, loss);
        }

        var (total, terms) = Ops.DistillationLoss(
            passes.Logits, passes.Labels, passes.TeacherLogits!, weight, temperature, smoothing, readOuts);
        return new LossSum(total, terms);
    }

    public void Dispose()
    {
    }
}
