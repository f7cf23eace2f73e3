using Idsnn.Engine;
using Idsnn.Kernels.Ops;

namespace Idsnn.Training;

/// <summary>
/// Adam with decoupled weight decay (Loshchilov and Hutter 2019) as PyTorch's torch.optim.AdamW, whose defaults these are. It wants a
/// learning rate of about 0.001.
/// </summary>
/// <param name="Beta1">β₁, decay of the moving average of gradients, in [0, 1).</param>
/// <param name="Beta2">β₂, decay of the moving average of their squares, in [0, 1).</param>
/// <param name="Epsilon">ε, added to the root of that average.</param>
/// <param name="WeightDecay">The share of the learning rate by which a step shrinks the weights, whatever their gradients.</param>
/// <param name="DecayVectors">Whether it shrinks parameters of one dimension too: batch-norm's γ and β, and biases.</param>
public sealed record AdamWOptions(
    double Beta1 = 0.9, double Beta2 = 0.999, float Epsilon = 1e-8f, float WeightDecay = 1e-2f, bool DecayVectors = true)
    : OptimizerOptions(WeightDecay, DecayVectors)
{
    /// <inheritdoc/>
    public override IOptimizer Create(IReadOnlyList<NamedTensor> parameters) => new AdamWOptimizer(parameters, this);
}

/// <summary>AdamW; its slots are the averages exp_avg and exp_avg_sq, and beside them the number of steps.</summary>
public sealed class AdamWOptimizer : IOptimizer
{
    private readonly IReadOnlyList<NamedTensor> parameters, first, second;
    private readonly List<AdamWUpdate> groups = [];
    private readonly AdamWTimer timer;

    /// <summary>Starts before the first step.</summary>
    /// <param name="parameters">The parameters by their names; they stay the caller's.</param>
    /// <param name="options">The constants.</param>
    /// <exception cref="ArgumentException">A β is not in [0, 1).</exception>
    public AdamWOptimizer(IReadOnlyList<NamedTensor> parameters, AdamWOptions options)
    {
        var device = parameters[0].Tensor.Device;
        this.parameters = parameters;
        timer = new AdamWTimer(device, options.Beta1, options.Beta2);
        first = OptimizerOptions.Slot("exp_avg", parameters);
        second = OptimizerOptions.Slot("exp_avg_sq", parameters);
        Gate = new UpdateGate(device);
        var slots = parameters.Select((parameter, i) => new AdamWSlot(parameter.Tensor, first[i].Tensor, second[i].Tensor));
        foreach (var group in slots.GroupBy(slot => options.DecayOf(slot.Parameter)))
        {
            groups.Add(new AdamWUpdate([.. group], timer, Gate, SpecOf(options, group.Key)));
        }
    }

    /// <inheritdoc/>
    public UpdateGate Gate { get; }

    /// <inheritdoc/>
    public IReadOnlyList<NamedTensor> State => [.. first, .. second, new NamedTensor("optimizer.step", timer.Steps)];

    /// <inheritdoc/>
    public bool CanReplay => true;

    /// <inheritdoc/>
    public void SetRate(double learningRate) => timer.SetRate((float)learningRate);

    /// <inheritdoc/>
    public void Step()
    {
        timer.Advance(Gate);
        groups.ForEach(group => group.Run());
        foreach (var parameter in parameters) parameter.Tensor.ClearGradient();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var slot in (NamedTensor[])[.. first, .. second]) slot.Tensor.Dispose();
        groups.ForEach(group => group.Dispose());
        timer.Dispose();
        Gate.Dispose();
    }

    private static AdamWSpec SpecOf(AdamWOptions options, float decay) =>
        new((float)(1 - options.Beta1), (float)options.Beta2, (float)(1 - options.Beta2), options.Epsilon, decay);
}
