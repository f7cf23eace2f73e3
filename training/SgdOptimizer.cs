using Idsnn.Engine;
using Idsnn.Kernels;

namespace Idsnn.Training;

/// <summary>Stochastic gradient descent over a model's parameters. The defaults are the paper's.</summary>
/// <param name="Momentum">Momentum.</param>
/// <param name="WeightDecay">L2 penalty.</param>
/// <param name="Nesterov">Whether the step looks ahead.</param>
/// <param name="DecayVectors">Whether the penalty is on parameters of one dimension too: batch-norm's γ and β, and biases.</param>
public sealed record SgdOptions(float Momentum = 0.9f, float WeightDecay = 1e-4f, bool Nesterov = false, bool DecayVectors = true);

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

    /// <summary>Updates every parameter from its gradient and throws the gradients away.</summary>
    /// <param name="learningRate">lr.</param>
    public void Step(double learningRate)
    {
        var spec = new SgdSpec((float)learningRate, options.Momentum, options.WeightDecay, options.Nesterov);
        var ofVectors = options.DecayVectors ? spec : spec with { WeightDecay = 0f };
        foreach (var (parameter, velocity) in slots)
        {
            Ops.SgdStep(parameter, velocity, parameter.Shape.Rank == 1 ? ofVectors : spec);
            parameter.ClearGradient();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, velocity) in slots) velocity.Dispose();
    }
}
