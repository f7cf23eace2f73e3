using Idsnn.Engine;

namespace Idsnn.Models;

/// <summary>How images pass through a network. The default is an evaluation that gives the mean read-out.</summary>
public sealed record Pass
{
    /// <summary>With batch-norm's running statistics, which stay as they are.</summary>
    public static Pass Evaluation { get; } = new();

    /// <summary>With the batch's statistics, from which the running ones are updated.</summary>
    public static Pass Training { get; } = new() { Trains = true };

    /// <summary>Whether batch-norm uses, and updates from, the batch's statistics.</summary>
    public bool Trains { get; init; }

    /// <summary>Seed of the Poisson encoder.</summary>
    public ulong Seed { get; init; }

    /// <summary>Which batch this is, for the Poisson encoder; null for number 0.</summary>
    public DrawNumber? Draw { get; init; }

    /// <summary>Whether the read-out of each time-step is wanted instead of their mean.</summary>
    public bool PerStep { get; init; }

    /// <summary>Sees what the layers do; or null.</summary>
    public ForwardProbe? Probe { get; init; }

    /// <summary>Takes hold of activations on their way; or null.</summary>
    public Taps? Taps { get; init; }
}
