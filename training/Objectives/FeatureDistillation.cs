using Idsnn.Engine;
using Idsnn.Models;

namespace Idsnn.Training;

/// <summary>
/// Distillation of pooled features, in the manner of KDSNN (Xu et al. 2023): weight·‖A(f) − g‖², the mean over images, where f are the
/// student's pooled features, the mean over time, g the teacher's, and A an aligner, a 1×1 convolution that is trained with the student.
/// </summary>
/// <param name="Weight">The term's weight, above 0.</param>
public sealed record FeatureDistillation(float Weight) : TermOptions(Weight)
{
    /// <inheritdoc/>
    public override bool NeedsTeacher => true;

    /// <inheritdoc/>
    public override IObjective Create(INetwork student, INetwork? teacher) => new FeatureLoss(student, teacher!.Spec, Weight);
}

/// <summary>The term that <see cref="FeatureDistillation"/> describes, with its aligner.</summary>
internal sealed class FeatureLoss : IObjective
{
    private readonly Tensor weight, bias;
    private readonly float scale;

    /// <summary>The aligner starts as the identity, with zeros where one network has more features than the other.</summary>
    public FeatureLoss(INetwork student, ModelSpec teacher, float scale)
    {
        this.scale = scale;
        int inputs = Features(student.Spec), outputs = Features(teacher);
        var start = new float[inputs * outputs];
        for (int i = 0; i < Math.Min(inputs, outputs); i++) start[(i * outputs) + i] = 1f;
        weight = Tensor.Parameter(student.Device, [inputs, outputs], start);
        bias = Tensor.Parameter(student.Device, [outputs], new float[outputs]);
    }

    public IReadOnlyList<string> Terms { get; } = [LossTerm.Features];

    public bool WantsStages => false;

    public bool WantsFeatures => true;

    public IEnumerable<StateEntry> State() =>
        [new StateEntry("objective.aligner.weight", weight, null), new StateEntry("objective.aligner.bias", bias, null)];

    public LossSum Evaluate(ForwardPasses passes)
    {
        using var features = Ops.MeanOverTime(passes.Taps!.Features!, passes.Timesteps);
        using var aligned = Ops.Linear(features, weight, bias);
        var distance = Ops.SquaredDistance(aligned, passes.TeacherTaps!.Features!);
        return new LossSum(Ops.Scale(distance, scale), distance);
    }

    public void Dispose()
    {
        foreach (var tensor in (ReadOnlySpan<Tensor>)[weight, bias])
        {
            tensor.ClearGradient();
            tensor.Dispose();
        }
    }

    private static int Features(ModelSpec network) => NetworkLayout.Of(network).Classifier[0].Inputs;
}
