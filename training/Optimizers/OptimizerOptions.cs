using Idsnn.Engine;

namespace Idsnn.Training;

/// <summary>Which optimizer trains a network, and its constants; a new optimizer is a record that derives from this.</summary>
/// <param name="WeightDecay">How strongly weights are drawn to zero.</param>
/// <param name="DecayVectors">Whether parameters of one dimension are too: batch-norm's γ and β, and biases.</param>
public abstract record OptimizerOptions(float WeightDecay, bool DecayVectors)
{
    /// <summary>Makes the optimizer, before its first step.</summary>
    /// <param name="parameters">The parameters by their names; they stay the caller's.</param>
    public abstract IOptimizer Create(IReadOnlyList<NamedTensor> parameters);

    /// <summary>The weight decay of a parameter.</summary>
    protected internal float DecayOf(Tensor parameter) => DecayVectors || parameter.Shape.Rank > 1 ? WeightDecay : 0f;

    /// <summary>Tensors of zeros in the shapes of the parameters, for an optimizer to remember something of each.</summary>
    /// <param name="slot">What it is called.</param>
    /// <param name="parameters">The parameters.</param>
    internal static IReadOnlyList<NamedTensor> Slot(string slot, IReadOnlyList<NamedTensor> parameters) =>
    [
        .. parameters.Select(parameter => new NamedTensor(
            $"{slot}.{parameter.Name}",
            Tensor.Persistent(parameter.Tensor.Device, parameter.Tensor.Shape, new float[parameter.Tensor.Shape.Size]))),
    ];
}
