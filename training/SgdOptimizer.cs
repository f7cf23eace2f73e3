using Idsnn.Engine;
using Idsnn.Kernels;

namespace Idsnn.Training;

/// <summary>Stochastic gradient descent over a model's parameters. The defaults are the paper's.</summary>
/// <param name="Momentum">Momentum.</param>
/// <param name="WeightDecay">L2 penalty on every parameter.</param>
/// <param name="Nesterov">Whether the step looks ahead.</param>
public sealed record SgdOptions(float Momentum = 0.9f, float WeightDecay = 1e-4f, bool Nesterov = false);

/// <summary>The optimizer's state: one velocity per parameter.</summary>
public sealed class SgdOptimizer : IDisposable
{
    private readonly (Tensor Parameter, Tensor Velocity)[] slots;
    private readonly SgdOptions options;
    private readonly SgdUpdate? update;
    private double rate;

    /// <summary>Starts at rest.</summary>
    public SgdOptimizer(IEnumerable<Tensor> parameters, SgdOptions options)
    {
        this.options = options;
        slots = [.. parameters.Select(p => (p, Tensor.Persistent(p.Device, p.Shape, new float[p.Shape.Size])))];
        if (slots.Length > 0 && SgdUpdate.Supports(slots[0].Parameter.Device)) update = new SgdUpdate(slots, Spec);
    }

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
        update?.SetRate((float)learningRate);
    }

    /// <summary>Updates every parameter with the rate that was set last: a graph of it can be replayed with another.</summary>
    public void Step()
    {
        update?.Run();
        foreach (var (parameter, velocity) in slots)
        {
            if (update is null) Ops.SgdStep(parameter, velocity, Spec);
            parameter.ClearGradient();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, velocity) in slots) velocity.Dispose();
        update?.Dispose();
    }

    private SgdSpec Spec => new((float)rate, options.Momentum, options.WeightDecay, options.Nesterov);
}
