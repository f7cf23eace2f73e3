using Idsnn.Engine;

namespace Idsnn.Models;

/// <summary>What can be done with any network's state.</summary>
public static class NetworkState
{
    extension(INetwork network)
    {
        /// <summary>The tensors that gradient descent changes, in the state's order.</summary>
        public IEnumerable<Tensor> Parameters => network.State().Where(entry => entry.IsParameter).Select(entry => entry.Tensor!);
    }

    /// <summary>Copies the state to the host, in PyTorch's layout.</summary>
    public static Dictionary<string, StoredTensor> Save(this INetwork network) => network.State().ToDictionary(
        entry => entry.Name, entry => entry.Counter is { } counter ? new StoredTensor([], [counter.Value]) : entry.Save());

    /// <summary>Replaces the whole state.</summary>
    /// <param name="network">The network.</param>
    /// <param name="state">Tensors by name; others than the network's are ignored.</param>
    /// <exception cref="InvalidDataException">
    /// One is missing, of another shape, or holds what is no finite number or a negative variance; nothing has changed then.
    /// </exception>
    public static void Load(this INetwork network, IReadOnlyDictionary<string, StoredTensor> state)
    {
        StateLayout.RequireFit(network.Spec, state);
        foreach (var entry in network.State())
        {
            var stored = state.GetValueOrDefault(entry.Name);
            if (entry.Counter is { } counter) counter.Value = stored?.Integers![0] ?? 0;
            else entry.Load(stored!.Floats!);
        }
    }
}
