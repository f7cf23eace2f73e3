using Idsnn.Engine;
using Idsnn.Models;

namespace Idsnn.Training;

/// <summary>
/// An exponential moving average of a network's parameters and batch-norm statistics, a ← d·a + (1 − d)·w, which often tests better than
/// the last weights. It starts as a copy of the network, and d climbs to its value as (1 + n)/(10 + n) over the first n updates, so that
/// the random start is soon forgotten.
/// </summary>
public sealed class WeightAverage : IDisposable
{
    private const string UpdatesName = "updates";

    private readonly INetwork model;
    private readonly IReadOnlyList<StateEntry> further;
    private readonly float decay;
    private readonly (Tensor Value, Tensor Average)[] pairs;
    private bool applied;
    private long updates;

    /// <summary>Copies the network's weights.</summary>
    /// <param name="model">The network; it must outlive the average.</param>
    /// <param name="decay">d, in [0, 1): about 1/(1 − d) steps are averaged over.</param>
    /// <param name="further">Entries of what is trained with the network and averaged with it; null for none.</param>
    /// <exception cref="ArgumentException">The decay is out of range.</exception>
    public WeightAverage(INetwork model, float decay, IReadOnlyList<StateEntry>? further = null)
    {
        if (decay is not (>= 0f and < 1f))
        {
            throw new ArgumentException(FormattableString.Invariant($"the decay of a weight average must lie in [0, 1), got {decay}"));
        }

        this.model = model;
        this.decay = decay;
        this.further = further ?? [];
        pairs =
        [
            .. model.State().Concat(this.further).Where(entry => entry.Tensor is not null)
                .Select(entry => (entry.Tensor!, Tensor.Persistent(model.Device, entry.Tensor!.Shape, entry.Tensor.ToArray()))),
        ];
    }

    /// <summary>Takes the network's weights into the average; after every step.</summary>
    /// <exception cref="InvalidOperationException">The average is applied.</exception>
    public void Update()
    {
        RequireNotApplied();
        float now = Math.Min(decay, (1f + updates) / (10f + updates));
        foreach (var (value, average) in pairs) Ops.MoveTowards(average, value, now);
        updates++;
    }

    /// <summary>
    /// Gives the network the average, until the returned value is disposed; then it has its own weights again, to the bit.
    /// </summary>
    /// <exception cref="InvalidOperationException">It has it already.</exception>
    public IDisposable Apply()
    {
        RequireNotApplied();
        return new Applied(this);
    }

    /// <summary>Copies the average to the host.</summary>
    /// <returns>By the names of the network's state, without its counters; and the number of updates.</returns>
    public Dictionary<string, StoredTensor> Save()
    {
        var counters = Counters();
        using (Apply())
        {
            var state = model.Save().Where(entry => !counters.ContainsKey(entry.Key)).ToDictionary();
            foreach (var entry in further.Where(entry => entry.Tensor is not null)) state.Add(entry.Name, entry.Save());
            state.Add(UpdatesName, new StoredTensor([], [updates]));
            return state;
        }
    }

    /// <summary>Replaces the average.</summary>
    /// <param name="state">Tensors by the names of the network's state; others are ignored.</param>
    /// <exception cref="InvalidDataException">One is missing or of another shape; nothing has changed then.</exception>
    public void Load(IReadOnlyDictionary<string, StoredTensor> state)
    {
        if (!state.TryGetValue(UpdatesName, out var stored) || stored.Integers is not { Length: 1 })
        {
            throw new InvalidDataException($"the weight average needs '{UpdatesName}' as one int64, which the state lacks");
        }

        updates = stored.Integers[0];
        var counters = Counters();
        using (Apply())
        {
            model.Load(state.Where(entry => !counters.ContainsKey(entry.Key)).Concat(counters).ToDictionary());
            foreach (var entry in further.Where(entry => entry.Tensor is not null))
            {
                if (!state.TryGetValue(entry.Name, out var elements) || elements.Shape != entry.Shape)
                {
                    throw new InvalidDataException($"the weight average needs '{entry.Name}' as {entry.Shape}, which the state lacks");
                }

                entry.Load(elements.Floats!);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, average) in pairs) average.Dispose();
    }

    /// <summary>The counts of batches, which are the network's alone.</summary>
    private Dictionary<string, StoredTensor> Counters() => model.State()
        .Where(entry => entry.Counter is not null)
        .ToDictionary(entry => entry.Name, entry => new StoredTensor([], [entry.Counter!.Value]));

    private void RequireNotApplied()
    {
        if (applied) throw new InvalidOperationException("the weight average is applied to its network; dispose what Apply gave first");
    }

    private void Exchange()
    {
        foreach (var (value, average) in pairs) Ops.Exchange(value, average);
        applied = !applied;
    }

    private sealed class Applied : IDisposable
    {
        private WeightAverage? average;

        public Applied(WeightAverage average)
        {
            this.average = average;
            average.Exchange();
        }

        public void Dispose()
        {
            average?.Exchange();
            average = null;
        }
    }
}
