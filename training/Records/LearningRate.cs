namespace Idsnn.Training;

/// <summary>A learning rate, whatever the length of the training.</summary>
public sealed record LearningRate
{
    /// <summary>The rate after warm-up.</summary>
    public double Base { get; init; } = 0.05;

    /// <summary>How it falls.</summary>
    public ScheduleKind Kind { get; init; }

    /// <summary>Epochs at which a multi-step schedule divides it by 10.</summary>
    public IReadOnlyList<int> Milestones { get; init; } = [60, 120, 160];

    /// <summary>Epochs over which it first climbs from 0.</summary>
    public int WarmupEpochs { get; init; }

    /// <summary>The rates of a training of so many epochs.</summary>
    public LearningRateSchedule Over(int epochs) => new(Base, epochs, Kind, Milestones, WarmupEpochs: WarmupEpochs);

    /// <summary>Whether both say the same.</summary>
    public bool Equals(LearningRate? other) =>
        other is not null && (Base, Kind, WarmupEpochs) == (other.Base, other.Kind, other.WarmupEpochs)
        && Milestones.SequenceEqual(other.Milestones);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Base, Kind, WarmupEpochs, Milestones.Count);
}
