namespace Idsnn.Training;

/// <summary>Says, once for each cause, what goes wrong in a training that runs on without an error, and what to do about it.</summary>
/// <param name="log">Takes a line.</param>
public sealed class TrainingWarnings(Action<string> log) : ITrainingMonitor
{
    /// <summary>A layer with fewer spikes per neuron and time-step is silent; one with more than the opposite fires all the time.</summary>
    private const double Silence = 1e-4;

    /// <summary>A smaller share of membranes within the surrogate's window moves no weights to speak of.</summary>
    private const double Blindness = 1e-3;

    private const int NamedLayers = 3;

    private readonly HashSet<string> said = [];

    /// <inheritdoc/>
    public void StepDone(TrainingState state, int stepsPerEpoch, double learningRate)
    {
        if (state.WasSkipped && said.Add("skipped"))
        {
            log(
                $"warning: {state.Network}, epoch {state.Epoch + 1}: step {state.Step} was skipped, "
                + $"since its loss or gradients are not finite; lower {RunSettings.Rate}");
        }

        if (state.Step == stepsPerEpoch && state.SkippedSteps > 0)
        {
            log($"{state.Network} {state.Epoch + 1}: {state.SkippedSteps} of {stepsPerEpoch} steps were skipped");
        }

        if (state.Step != stepsPerEpoch || state.Activity is not { } activity) return;
        Warn(
            state,
            activity.Layers.Where(layer => layer.InWindow < Blindness),
            "no membrane comes near the threshold, so the surrogate passes no gradient; "
            + $"raise {RunSettings.SurrogateWidth} or lower {RunSettings.Threshold}");
        Warn(
            state,
            activity.Layers.Where(layer => layer.MeanRate < Silence),
            $"hardly a neuron fires; lower {RunSettings.Threshold} or {RunSettings.Rate}, or start from the teacher");
        Warn(
            state,
            activity.Layers.Where(layer => layer.MeanRate > NetworkActivity.Saturation),
            $"nearly every neuron fires all the time; raise {RunSettings.Threshold} or lower {RunSettings.Rate} or {RunSettings.Decay}");
    }

    /// <inheritdoc/>
    public void EpochDone(TrainingState state, EpochResult result)
    {
    }

    /// <summary>Says where a training's last epoch is not its best.</summary>
    /// <param name="network">The network's name.</param>
    /// <param name="result">The training, ended.</param>
    public void Ended(string network, TrainingResult result)
    {
        if (result.Best.Test.Accuracy <= result.LastAccuracy) return;
        log(
            $"note: the best epoch of the {network}, {result.Best.Epoch}, was picked by the test images; what training came to is the "
                + $"last, {result.Epochs[^1].Epoch}");
    }

    private void Warn(TrainingState state, IEnumerable<LayerActivity> layers, string text)
    {
        string[] names = [.. layers.Select(layer => layer.Name)];
        if (names.Length == 0 || !said.Add(text)) return;
        string more = names.Length > NamedLayers ? $" and {names.Length - NamedLayers} more" : string.Empty;
        log($"warning: {state.Network}, epoch {state.Epoch + 1}: in {string.Join(", ", names.Take(NamedLayers))}{more} {text}");
    }
}
