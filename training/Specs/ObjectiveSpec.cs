namespace Idsnn.Training;

/// <summary>The loss of a run's student; the defaults are <see cref="Objective"/>'s.</summary>
public sealed record ObjectiveSpec
{
    private static readonly Objective Default = new();

    /// <summary>α, the weight of the distillation; 0 trains without.</summary>
    public float Alpha { get; init; } = Default.Alpha;

    /// <summary>Its temperature.</summary>
    public float Temperature { get; init; } = Default.Temperature;

    /// <summary>Weight of the distillation of pooled features; 0 trains without.</summary>
    public float FeatureWeight { get; init; }

    /// <summary>ε of the cross-entropy's targets.</summary>
    public float LabelSmoothing { get; init; } = Default.LabelSmoothing;

    /// <summary>Whether the losses are taken of each time-step's read-out and averaged, instead of once of the mean read-out.</summary>
    public bool PerStep { get; init; } = Default.PerStep;

    /// <summary>What the student minimises.</summary>
    public Objective Build() => new(Alpha, Temperature, LabelSmoothing, PerStep)
    {
        Further = FeatureWeight > 0f ? [new FeatureDistillation(FeatureWeight)] : [],
    };
}
