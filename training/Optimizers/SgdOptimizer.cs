using Idsnn.Engine;
using Idsnn.Kernels.Ops;

namespace Idsnn.Training;

/// <summary>Stochastic gradient descent with momentum as PyTorch's torch.optim.SGD. The defaults are the paper's.</summary>
/// <param name="Momentum">Momentum.</param>
/// <param name="WeightDecay">L2 penalty.</param>
/// <param name="Nesterov">Whether the step looks ahead.</param>
/// <param name="DecayVectors">Whether the penalty is on parameters of one dimension too: batch-norm's γ and β, and biases.</param>
public sealed record SgdOptions(
    float Momentum = 0.9f, float WeightDecay = 1e-4f, bool Nesterov = false, bool DecayVectors = true)
    : OptimizerOptions(WeightDecay, DecayVectors)
{
    /// <inheritdoc/>
    public override IOptimizer Create(IReadOnlyList<NamedTensor> parameters) => new SgdOptimizer(parameters, this);
}

/// <summary>Stochastic gradient descent; its slot is the velocity.</summary>
public sealed class SgdOptimizer : IOptimizer
{
    private readonly IReadOnlyList<NamedTensor> parameters;
    private readonly List<SgdUpdate> groups = [];

    /// <summary>Starts at rest.</summary>
    /// <param name="parameters">The parameters by their names; they stay the caller's.</param>
    /// <param name="options">The constants.</param>
    public SgdOptimizer(IReadOnlyList<NamedTensor> parameters, SgdOptions options)
    {
        this.parameters = parameters;
        State = OptimizerOptions.Slot("velocity", parameters);
        Gate = new UpdateGate(parameters[0].Tensor.Device);
        var slots = parameters.Zip(State, (parameter, velocity) => (Parameter: parameter.Tensor, Velocity: velocity.Tensor));
        foreach (var group in slots.GroupBy(slot => options.DecayOf(slot.Parameter)))
        {
            groups.Add(new SgdUpdate([.. group], Gate, new SgdSpec(0f, options.Momentum, group.Key, options.Nesterov)));
        }
    }

    /// <inheritdoc/>
    public UpdateGate Gate { get; }

    /// <inheritdoc/>
    public IReadOnlyList<NamedTensor> State { get; }

    /// <inheritdoc/>
    public bool CanReplay => SgdUpdate.Supports(Gate.Device);

    /// <inheritdoc/>
    public void SetRate(double learningRate) => groups.ForEach(group => group.SetRate((float)learningRate));

    /// <inheritdoc/>
    public void Step()
    {
        groups.ForEach(group => group.Run());
        foreach (var parameter in parameters) parameter.Tensor.ClearGradient();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var slot in State) slot.Tensor.Dispose();
        groups.ForEach(group => group.Dispose());
        Gate.Dispose();
    }
}
