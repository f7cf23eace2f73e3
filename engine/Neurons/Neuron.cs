using System.Text.Json.Serialization;
using static System.FormattableString;

namespace Idsnn.Engine;

/// <summary>A spiking neuron. The defaults are those of the paper's authors.</summary>
/// <param name="Decay">e^(−1/τ); 0.25 is τ = 1/ln 4. Of a parametric neuron where it starts; 1 of an integrate-and-fire neuron.</param>
/// <param name="Threshold">U_th.</param>
/// <param name="Width">The surrogate's half width ("lens").</param>
/// <param name="Surrogate">The surrogate's shape.</param>
/// <param name="Reset">Hard or soft.</param>
/// <param name="DetachReset">Whether the backward pass takes the reset as a constant.</param>
/// <param name="Kind">What becomes of the membrane between two time-steps.</param>
/// <param name="InitialMembrane">u₀, the membrane before the first time-step: U(1) = decay·u₀ + X(1).</param>
/// <param name="FiresAtThreshold">Whether a membrane that equals U_th fires, instead of only one above it.</param>
public sealed record Neuron(
    float Decay = 0.25f, float Threshold = 0.5f, float Width = 0.5f, Surrogate Surrogate = Surrogate.Rectangle, Reset Reset = Reset.Hard,
    bool DetachReset = true,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] NeuronKind Kind = NeuronKind.Lif,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] float InitialMembrane = 0f,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool FiresAtThreshold = false)
{
    /// <summary>Whether its decay is trained, and so comes as a tensor.</summary>
    [JsonIgnore]
    public bool TrainsDecay => Kind == NeuronKind.Plif;

    /// <summary>What does not go together in this neuron, in a sentence without a full stop; null where all does.</summary>
    [JsonIgnore]
    public string? Contradiction => Kind switch
    {
        _ when !Enum.IsDefined(Kind) => Invariant($"there is no neuron of kind {(int)Kind}"),
        _ when !float.IsFinite(InitialMembrane) => Invariant($"the neuron's initial membrane must be finite, got {InitialMembrane}"),
        NeuronKind.If when Decay != 1f => Invariant($"an IF neuron leaks nothing: its decay must be 1, got {Decay}"),
        NeuronKind.Plif when Decay is not (> 0f and < 1f) =>
            Invariant($"the decay of a PLIF neuron must start between 0 and 1, both excluded, got {Decay}"),
        NeuronKind.Plif when InitialMembrane != 0f || FiresAtThreshold =>
            "a PLIF neuron starts from rest and fires above its threshold: an initial membrane and firing at it are for LIF and IF",
        _ => null,
    };
}
