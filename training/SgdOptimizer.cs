using Idsnn.Engine;
using Idsnn.Kernels;

namespace Idsnn.Training;

/// <summary>Stochastic gradient descent over a model's parameters. The defaults are the paper's.</summary>
/// <param name="Momentum">Momentum.</param>
/// <param name="WeightDecay">L2 penalty.</param>
/// <param name="Nesterov">Whether the step looks ahead.</param>
/// <param name="DecayVectors">Whether the penalty is on parameters of one dimension too: batch-norm's γ and β, and biases.</param>
public sealed record SgdOptions(
    float Momentum = 0.9f, float WeightDecay = 1e-4f, bool Nesterov = false, bool DecayVectors = true);

/// <summary>The optimizer's state: one velocity per parameter.</summary>
public sealed class SgdOptimizer : IDisposable
{
    private readonly SgdOptions options;
    private readonly (Tensor Parameter, Tensor Velocity)[] slots;
    private readonly List<Group> groups = [];
    private double rate;

    /// <summary>Starts at rest.</summary>
    public SgdOptimizer(IEnumerable<Tensor> parameters, SgdOptions options)
    {
        this.options = options;
        slots = [.. parameters.Select(p => (p, Tensor.Persistent(p.Device, p.Shape, new float[p.Shape.Size])))];
        Gate = new UpdateGate(slots[0].Parameter.Device);
        foreach (var group in slots.GroupBy(slot => options.DecayVectors || slot.Parameter.Shape.Rank > 1 ? options.WeightDecay : 0f))
        {
            groups.Add(new Group([.. group], Gate, SpecOf(group.Key)));
        }
    }

    /// <summary>Scales the gradients, or leaves a step out. Whoever knows their norm sets it by <see cref="Ops.AddStep"/>.</summary>
    public UpdateGate Gate { get; }

    /// <summary>The momentum of each parameter, in their order.</summary>
    public IEnumerable<Tensor> Velocities => slots.Select(slot => slot.Velocity);

    /// <summary>
    /// Whether the learning rate lies on the device, so that a replayed <see cref="Step()"/> takes the one that was set last.
    /// </summary>
    public bool RateIsOnDevice => groups.TrueForAll(group => group.AllAtOnce is not null);

    /// <summary>Updates every parameter from its gradient and throws the gradients away.</summary>
    /// <param name="learningRate">lr.</param>
    public void Step(double learningRate)
    {
        SetRate(learningRate);
        Step();
    }

    /// <summary>Sets the learning rate of <see cref="Step()"/>.</summary>
    public void SetRate(double learningRate)
    {
        rate = learningRate;
        foreach (var group in groups) group.AllAtOnce?.SetRate((float)learningRate);
    }

    /// <summary>Updates every parameter with the rate that was set last: a graph of it can be replayed with another.</summary>
    public void Step()
    {
        foreach (var group in groups)
        {
            group.AllAtOnce?.Run();
            var spec = SpecOf(group.Decay);
            foreach (var (parameter, velocity) in group.Slots)
            {
                if (group.AllAtOnce is null) Ops.SgdStep(parameter, velocity, Gate, spec);
                parameter.ClearGradient();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, velocity) in slots) velocity.Dispose();
        foreach (var group in groups) group.AllAtOnce?.Dispose();
        Gate.Dispose();
    }

    private SgdSpec SpecOf(float decay) => new((float)rate, options.Momentum, decay, options.Nesterov);

    /// <summary>Parameters with one weight decay, updated in one launch where the device can.</summary>
    private sealed class Group((Tensor Parameter, Tensor Velocity)[] slots, UpdateGate gate, SgdSpec spec)
    {
        public (Tensor Parameter, Tensor Velocity)[] Slots => slots;

        public float Decay => spec.WeightDecay;

        public SgdUpdate? AllAtOnce { get; } = SgdUpdate.Supports(slots[0].Parameter.Device) ? new SgdUpdate(slots, gate, spec) : null;
    }
}
