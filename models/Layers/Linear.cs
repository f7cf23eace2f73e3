using Idsnn.Engine;

namespace Idsnn.Models;

/// <summary>The name and the size of a fully connected layer.</summary>
/// <param name="Name">Its name in the state.</param>
/// <param name="Inputs">Numbers in.</param>
/// <param name="Outputs">Numbers out.</param>
public sealed record LinearSpec(string Name, int Inputs, int Outputs);

/// <summary>A fully connected layer with a bias.</summary>
internal sealed class Linear : IDisposable
{
    private readonly LinearSpec spec;
    private readonly Tensor weight, bias;

    public Linear(Device device, LinearSpec spec, WeightInitializer initializer)
    {
        this.spec = spec;
        Shape shape = [spec.Inputs, spec.Outputs];
        weight = Tensor.Parameter(device, shape, initializer.Uniform($"{spec.Name}.weight", shape, spec.Inputs));
        bias = Tensor.Parameter(device, [spec.Outputs], initializer.Uniform($"{spec.Name}.bias", [spec.Outputs], spec.Inputs));
    }

    public LinearSpec Spec => spec;

    /// <summary>[N, inputs] to [N, outputs].</summary>
    public Tensor Forward(Tensor x) => Ops.Linear(x, weight, bias);

    public IEnumerable<StateEntry> State() =>
        [new StateEntry($"{spec.Name}.weight", weight, null), new StateEntry($"{spec.Name}.bias", bias, null)];

    public void Dispose()
    {
        foreach (var tensor in (ReadOnlySpan<Tensor>)[weight, bias])
        {
            tensor.ClearGradient();
            tensor.Dispose();
        }
    }
}
