using Idsnn.Engine;

namespace Idsnn.Models;

/// <summary>The name and the size of a fully connected layer.</summary>
/// <param name="Name">Its name in the state.</param>
/// <param name="Inputs">Numbers in.</param>
/// <param name="Outputs">Numbers out.</param>
/// <param name="Site">The name of the activation behind it; null for none.</param>
public sealed record LinearSpec(string Name, int Inputs, int Outputs, string? Site = null);

/// <summary>A fully connected layer with a bias, and the activation behind it, if there is one.</summary>
internal sealed class Linear : IDisposable
{
    private readonly LinearSpec spec;
    private readonly Tensor weight, bias;
    private readonly ActivationSite? site;

    public Linear(Device device, LinearSpec spec, WeightInitializer initializer, ActivationSite? site)
    {
        this.spec = spec;
        this.site = site;
        Shape shape = [spec.Inputs, spec.Outputs];
        weight = Tensor.Parameter(device, shape, initializer.Uniform($"{spec.Name}.weight", shape, spec.Inputs));
        bias = Tensor.Parameter(device, [spec.Outputs], initializer.Uniform($"{spec.Name}.bias", [spec.Outputs], spec.Inputs));
    }

    /// <summary>Its name and its size.</summary>
    public LinearSpec Spec => spec;

    /// <summary>[N, inputs] to [N, outputs].</summary>
    public Tensor Forward(Tensor x) => Ops.Linear(x, weight, bias);

    /// <summary>The same through the activation, whose neurons the pass's probe calls <paramref name="called"/>.</summary>
    public Tensor Activate(Tensor x, Pass pass, string called)
    {
        using var y = Forward(x);
        return site!.Apply(y, pass, called);
    }

    public IEnumerable<StateEntry> State() =>
    [
        new StateEntry($"{spec.Name}.weight", weight, null),
        new StateEntry($"{spec.Name}.bias", bias, null),
        .. site?.State() ?? [],
    ];

    public void Dispose()
    {
        foreach (var tensor in (ReadOnlySpan<Tensor>)[weight, bias])
        {
            tensor.ClearGradient();
            tensor.Dispose();
        }

        site?.Dispose();
    }
}
