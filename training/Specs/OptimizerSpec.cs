namespace Idsnn.Training;

/// <summary>How a run updates its parameters: one of the optimizers, and the constants of each.</summary>
public sealed record OptimizerSpec
{
    private static readonly SgdOptions Sgd = new();
    private static readonly AdamWOptions AdamW = new();

    /// <summary>Which.</summary>
    public OptimizerKind Kind { get; init; }

    /// <summary>Momentum of SGD.</summary>
    public float Momentum { get; init; } = Sgd.Momentum;

    /// <summary>Whether SGD looks ahead.</summary>
    public bool Nesterov { get; init; } = Sgd.Nesterov;

    /// <summary>AdamW's decay of the average of gradients.</summary>
    public double Beta1 { get; init; } = AdamW.Beta1;

    /// <summary>AdamW's decay of the average of their squares.</summary>
    public double Beta2 { get; init; } = AdamW.Beta2;

    /// <summary>What AdamW adds to the root of that average.</summary>
    public float Epsilon { get; init; } = AdamW.Epsilon;

    /// <summary>SGD's L2 penalty; AdamW's decoupled decay.</summary>
    public float WeightDecay { get; init; } = Sgd.WeightDecay;

    /// <summary>Whether batch-norm's γ and β and biases decay too.</summary>
    public bool DecayVectors { get; init; } = Sgd.DecayVectors;

    /// <summary>The 2-norm of all gradients together above which they are scaled down to it; 0: they are left as they are.</summary>
    public float ClipNorm { get; init; }

    /// <summary>The optimizer's constants.</summary>
    public OptimizerOptions Build() => Kind switch
    {
        OptimizerKind.AdamW => new AdamWOptions(Beta1, Beta2, Epsilon, WeightDecay, DecayVectors),
        _ => new SgdOptions(Momentum, WeightDecay, Nesterov, DecayVectors),
    };
}
