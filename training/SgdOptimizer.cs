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

    /// <summary>Starts at rest.</summary>
    public SgdOptimizer(IEnumerable<Tensor> parameters, SgdOptions options)
    {
        this.options = options;
        slots = [.. parameters.Select(p => (p, Tensor.Persistent(p.Device, p.Shape, new float[p.Shape.Size])))];
    }

    /// <summary>The momentum of each parameter, in their order.</summary>
    public IEnumerable<Tensor> Velocities => slots.Select(slot => slot.Velocity);

    /// <summary>Updates every parameter from its gradient and throws the gradients away.</summary>
    /// <param name="learningRate">lr.</param>
    public void Step(double learningRate)
    {
        var spec = new SgdSpec((float)learningRate, options.Momentum, options.WeightDecay, options.Nesterov);
        foreach (var (parameter, velocity) in slots)
        {
            Ops.SgdStep(parameter, velocity, spec);
            parameter.ClearGradient();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, velocity) in slots) velocity.Dispose();
    }
}
