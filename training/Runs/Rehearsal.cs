using Idsnn.Datasets;
using Idsnn.Engine;
using Idsnn.Models;

namespace Idsnn.Runs;

/// <summary>
/// Finds what memory a training would take, by running the code of a few of its steps on a device that only counts
/// (<see cref="Device.Rehearse"/>).
/// </summary>
public static class Rehearsal
{
    /// <summary>One network's training.</summary>
    /// <param name="Name">What it is called: teacher, student.</param>
    /// <param name="Network">The network.</param>
    /// <param name="Options">How it is trained; null where it is not, as with a teacher from a checkpoint.</param>
    public sealed record Stage(string Name, ModelSpec Network, TrainingOptions? Options);

    /// <summary>Bytes that trainings, one after the other on one device, would take of it.</summary>
    /// <param name="device">Where.</param>
    /// <param name="stages">The networks in order; each may learn from the one before.</param>
    /// <param name="dataset">What is learned.</param>
    /// <param name="batch">Images per step, in place of the options'.</param>
    /// <exception cref="ArgumentException">A tensor would have too many elements.</exception>
    public static long Train(Device device, IReadOnlyList<Stage> stages, Dataset dataset, int batch)
    {
        using var rehearsal = device.Rehearse();
        var few = dataset with { Train = Few(dataset.Train, batch, 2), Test = Few(dataset.Test, batch, 1) };
        var normalization = new Normalization(dataset.Mean, dataset.Std);
        var networks = new List<INetwork>();
        try
        {
            foreach (var (name, spec, training) in stages)
            {
                networks.Add(Network.Create(rehearsal, spec, seed: null, normalization: normalization));
                if (training is null) continue;
                var teacher = training.Objective.NeedsTeacher && networks.Count > 1 ? networks[^2] : null;
                var options = training with { BatchSize = batch, Epochs = 1, Workers = 0 };
                using var state = new TrainingState(name, networks[^1], teacher, options);
                new Trainer(state, few, options, []).Run();
            }

            InsightMaker.Of(stages[^1].Name, networks[^1], null, few, batch, new EnergyCosts());
        }
        finally
        {
            networks.ForEach(network => network.Dispose());
        }

        return rehearsal.Memory.ReservedBytes;
    }

    /// <summary>Some whole batches of a set and one of what is left over in it.</summary>
    private static ImageSet Few(ImageSet set, int batch, int batches) =>
        set.Take((int)Math.Min(set.Count, ((long)batches * batch) + (set.Count % batch)));
}
