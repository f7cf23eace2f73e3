using Idsnn.Engine;

namespace Idsnn.Training;

/// <summary>What a training does at a step whose loss or gradients are not finite.</summary>
public enum OnNonFinite
{
    /// <summary>It ends, with the parameters as they were before that step where the loss or the gradients' norm shows it.</summary>
    Stop,

    /// <summary>The step changes nothing and is counted, and the training goes on. Each step is waited for.</summary>
    Skip,
}

/// <summary>A training came to a step whose loss, gradients or parameters are not finite.</summary>
/// <param name="network">The network's name.</param>
/// <param name="epoch">The step's epoch, from 1.</param>
/// <param name="step">The step, from 1.</param>
/// <param name="first">What is the first not to be finite; null where it was not looked for.</param>
/// <param name="replay">The step's batch and the parameters, to run it again; null where it was not looked for.</param>
internal sealed class NonFiniteException(string network, int epoch, int step, string? first = null, SafetensorsFile? replay = null)
    : ArithmeticException(
        $"{network}: the loss or the gradients are no longer finite in epoch {epoch} at step {step}"
        + (first is null ? string.Empty : $", beginning with {first}")
        + $"; lower {RunSettings.Rate}")
{
    /// <summary>The step, from 1.</summary>
    public int Step => step;

    /// <summary>The step's batch and the parameters; null where it was not looked for.</summary>
    public SafetensorsFile? Replay => replay;

    /// <summary>What a file that holds <see cref="Replay"/> is called.</summary>
    public string FileName => $"nonfinite-{network}-e{epoch}-s{step}.safetensors";

    /// <summary>The same, explained.</summary>
    public NonFiniteException With(string first, SafetensorsFile replay)
    {
        replay.Metadata["network"] = network;
        replay.Metadata["epoch"] = $"{epoch}";
        replay.Metadata["step"] = $"{step}";
        replay.Metadata["first"] = first;
        return new NonFiniteException(network, epoch, step, first, replay);
    }
}
