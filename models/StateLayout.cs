using Idsnn.Engine;

namespace Idsnn.Models;

/// <summary>Which tensors a network's state dict holds, known without building the network.</summary>
public static class StateLayout
{
    private const string Variance = ".running_var", Counter = ".num_batches_tracked";

    /// <summary>Names in PyTorch's order with their shapes as PyTorch has them; null for a count of batches, an int64.</summary>
    public static IEnumerable<(string Name, Shape? Shape)> Of(ModelSpec spec)
    {
        var layout = NetworkLayout.Of(spec);
        bool trains = spec.Neuron is { TrainsDecay: true };
        IEnumerable<(string, Shape?)> Site(string? site) => trains && site is not null ? [(ActivationSite.WeightName(site), [1])] : [];
        foreach (var layer in layout.Convolutions)
        {
            foreach (string name in layer.StateNames)
            {
                yield return (name, name switch
                {
                    _ when name.EndsWith(Counter, StringComparison.Ordinal) => (Shape?)null,
                    _ when name.StartsWith(layer.Conv, StringComparison.Ordinal) => WeightLayout.ToPyTorch(layer.WeightShape),
                    _ => [layer.Co],
                });
            }

            foreach (var entry in Site(layer.Site)) yield return entry;
        }

        foreach (var entry in Site(layout.Head)) yield return entry;

        foreach (var layer in layout.Classifier)
        {
            yield return ($"{layer.Name}.weight", [layer.Outputs, layer.Inputs]);
            yield return ($"{layer.Name}.bias", [layer.Outputs]);
            foreach (var entry in Site(layer.Site)) yield return entry;
        }
    }

    /// <summary>Sees that a state can be loaded into a network: names and types, shapes, and numbers that are finite.</summary>
    /// <param name="spec">The network.</param>
    /// <param name="state">Tensors by name; others than the network's are passed over, and counts of batches may be missing.</param>
    /// <exception cref="InvalidDataException">
    /// It cannot; the message names the tensor and, where it is about a number, its place.
    /// </exception>
    public static void RequireFit(ModelSpec spec, IReadOnlyDictionary<string, StoredTensor> state)
    {
        foreach (var (name, shape) in Of(spec))
        {
            if (!state.TryGetValue(name, out var stored))
            {
                if (shape is null) continue;
                throw new InvalidDataException($"{spec.Name} of width {spec.Width} needs '{name}', which the state lacks");
            }

            string found = $"the state has {(stored.Floats is null ? "int64" : "float32")} {stored.Shape}";
            if (shape is null && stored.Integers is not { Length: 1 })
            {
                throw new InvalidDataException($"{spec.Name} needs '{name}' as one int64, {found}");
            }

            if (shape is { } needed && (stored.Floats is null || stored.Shape != needed))
            {
                throw new InvalidDataException($"{spec.Name} of width {spec.Width} needs '{name}' as float32 {needed}, {found}");
            }

            stored.RequireNumbers(name, name.EndsWith(Variance, StringComparison.Ordinal) ? 0f : float.MinValue);
        }
    }
}
