using System.Text.Json.Serialization;

namespace Idsnn.Training;

/// <summary>The shape of a learning-rate schedule.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ScheduleKind>))]
public enum ScheduleKind
{
    /// <summary>Times γ at each milestone.</summary>
    MultiStep,

    /// <summary>Half a cosine from the base rate to 0.</summary>
    Cosine,
}

/// <summary>A learning rate as a function of progress.</summary>
/// <param name="BaseRate">The rate after warm-up.</param>
/// <param name="Epochs">Epochs in all.</param>
/// <param name="Kind">Its shape.</param>
/// <param name="Milestones">Epochs at which a multi-step schedule drops.</param>
/// <param name="Gamma">The factor of each drop.</param>
/// <param name="WarmupEpochs">Epochs over which the rate first climbs in a straight line.</param>
public sealed record LearningRateSchedule(
    double BaseRate, int Epochs, ScheduleKind Kind, IReadOnlyList<int> Milestones, double Gamma = 0.1, int WarmupEpochs = 0)
{
    /// <summary>Whether another number of epochs in all changes the rates of the first ones.</summary>
    [JsonIgnore]
    public bool DependsOnEpochs => Kind == ScheduleKind.Cosine;

    /// <summary>The rate of one step.</summary>
    /// <param name="epoch">From 0.</param>
    /// <param name="step">From 0, within the epoch.</param>
    /// <param name="stepsPerEpoch">Steps of an epoch.</param>
    public double At(int epoch, int step, int stepsPerEpoch)
    {
        double done = epoch + ((double)step / stepsPerEpoch);
        if (done < WarmupEpochs) return BaseRate * (((epoch * stepsPerEpoch) + step + 1.0) / (WarmupEpochs * stepsPerEpoch));
        if (Kind == ScheduleKind.MultiStep) return BaseRate * Math.Pow(Gamma, Milestones.Count(m => m <= epoch));
        double share = (done - WarmupEpochs) / Math.Max(1, Epochs - WarmupEpochs);
        return BaseRate * 0.5 * (1 + Math.Cos(Math.PI * Math.Min(share, 1)));
    }
}
