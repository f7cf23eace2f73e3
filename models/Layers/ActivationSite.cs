using Idsnn.Engine;

namespace Idsnn.Models;

/// <summary>
/// A place where a network has a ReLU or, if it is spiking, neurons. Each place has a neuron of its own, and what that trains; its name is
/// the same in an ordinary network and in its spiking twin.
/// </summary>
internal sealed class ActivationSite : IDisposable
{
    private readonly Tensor? weight;
    private readonly int timesteps;

    /// <param name="device">Where its tensors lie.</param>
    /// <param name="name">Its name in the state.</param>
    /// <param name="neuron">The neuron; null for a ReLU.</param>
    /// <param name="timesteps">T.</param>
    public ActivationSite(Device device, string name, Neuron? neuron, int timesteps)
    {
        (Name, Neuron, this.timesteps) = (name, neuron, timesteps);
        if (neuron is { TrainsDecay: true, Decay: var decay }) weight = Tensor.Parameter(device, [1], [MathF.Log(decay / (1f - decay))]);
    }

    /// <summary>Its name in the state.</summary>
    public string Name { get; }

    /// <summary>The neuron; null for a ReLU.</summary>
    public Neuron? Neuron { get; }

    /// <summary>T.</summary>
    public int Timesteps => timesteps;

    /// <summary>The name in the state of the scalar w whose logistic function is the decay of a neuron that trains it.</summary>
    public static string WeightName(string site) => $"{site}.w";

    /// <summary>The decay of a neuron that trains it, [1], which is the caller's; else null.</summary>
    public Tensor? Decay() => weight is null ? null : Ops.Sigmoid(weight);

    /// <summary>What the ReLU or the neurons make of x, [T·N, …].</summary>
    /// <param name="x">The input current.</param>
    /// <param name="pass">The pass.</param>
    /// <param name="layer">What the pass's probe calls the neurons.</param>
    public Tensor Apply(Tensor x, Pass pass, string layer)
    {
        if (Neuron is null) return Ops.Relu(x);
        using var decay = Decay();
        return Ops.Lif(x, Neuron, timesteps, pass.Probe?.Neurons(layer), decay);
    }

    public IEnumerable<StateEntry> State() => weight is null ? [] : [new StateEntry(WeightName(Name), weight, null)];

    public void Dispose()
    {
        weight?.ClearGradient();
        weight?.Dispose();
    }
}
