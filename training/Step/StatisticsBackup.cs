using Idsnn.Engine;
using Idsnn.Models;

namespace Idsnn.Training;

/// <summary>
/// A copy of what a network's forward pass in training changes, batch-norm's running statistics and counts of batches, so that a step can
/// be undone.
/// </summary>
internal sealed class StatisticsBackup : IDisposable
{
    private readonly (Tensor Value, Tensor Copy)[] statistics;
    private readonly (BatchCounter Counter, long Count)[] counters;

    /// <param name="state">The entries of the network and of what is trained with it.</param>
    public StatisticsBackup(IEnumerable<StateEntry> state)
    {
        StateEntry[] kept = [.. state.Where(entry => !entry.IsParameter)];
        statistics =
        [
            .. kept.Select(entry => entry.Tensor).OfType<Tensor>()
                .Select(value => (value, Tensor.Persistent(value.Device, value.Shape, value.ToArray()))),
        ];
        counters = [.. kept.Select(entry => entry.Counter).OfType<BatchCounter>().Select(counter => (counter, counter.Value))];
    }

    /// <summary>Takes the network's into the copy.</summary>
    public void Keep()
    {
        foreach (var (value, copy) in statistics) Ops.Copy(copy, value);
        for (int i = 0; i < counters.Length; i++) counters[i].Count = counters[i].Counter.Value;
    }

    /// <summary>Gives the network the copy.</summary>
    public void Restore()
    {
        foreach (var (value, copy) in statistics) Ops.Copy(value, copy);
        foreach (var (counter, count) in counters) counter.Value = count;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, copy) in statistics) copy.Dispose();
    }
}
