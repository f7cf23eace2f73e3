using Idsnn.Engine;

namespace Idsnn.Training;

/// <summary>The neurons of a run's student; the defaults are <see cref="Neuron"/>'s.</summary>
public sealed record NeuronSpec
{
    private static readonly Neuron Default = new();

    /// <summary>What kind.</summary>
    public NeuronKind Kind { get; init; } = Default.Kind;

    /// <summary>e^(−1/τ), of PLIF where it starts; null for the kind's own: 1 of IF, which does not leak.</summary>
    public float? Decay { get; init; }

    /// <summary>u₀, the membrane before the first time-step, of LIF and IF.</summary>
    public float InitialMembrane { get; init; } = Default.InitialMembrane;

    /// <summary>U_th.</summary>
    public float Threshold { get; init; } = Default.Threshold;

    /// <summary>Whether a membrane that equals the threshold fires, of LIF and IF.</summary>
    public bool FiresAtThreshold { get; init; } = Default.FiresAtThreshold;

    /// <summary>The surrogate's shape.</summary>
    public Surrogate Surrogate { get; init; } = Default.Surrogate;

    /// <summary>The surrogate's half width.</summary>
    public float SurrogateWidth { get; init; } = Default.Width;

    /// <summary>Hard or soft.</summary>
    public Reset Reset { get; init; } = Default.Reset;

    /// <summary>Whether gradients flow through the reset.</summary>
    public bool AttachReset { get; init; } = !Default.DetachReset;

    /// <summary>The neuron.</summary>
    public Neuron Build() => new(
        Decay ?? (Kind == NeuronKind.If ? 1f : Default.Decay), Threshold, SurrogateWidth, Surrogate, Reset, !AttachReset, Kind,
        InitialMembrane, FiresAtThreshold);
}
