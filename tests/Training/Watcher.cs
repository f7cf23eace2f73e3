using Idsnn.Training;

namespace Idsnn.Tests.Training;

/// <summary>Counts what a training tells, and acts on it.</summary>
internal sealed class Watcher : ITrainingMonitor
{
    public List<EpochResult> Epochs { get; } = [];

    public int Steps { get; private set; }

    /// <summary>Called after so many steps in all.</summary>
    public Action<int> StepDone { get; init; } = _ => { };

    public Action<EpochResult> EpochDone { get; init; } = _ => { };

    void ITrainingMonitor.StepDone(TrainingState state, int stepsPerEpoch, double learningRate) => StepDone(++Steps);

    void ITrainingMonitor.EpochDone(TrainingState state, EpochResult result)
    {
        Epochs.Add(result);
        EpochDone(result);
    }
}
