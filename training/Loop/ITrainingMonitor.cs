namespace Idsnn.Training;

/// <summary>Is told how a training goes.</summary>
public interface ITrainingMonitor
{
    /// <summary>Whether the coming step is to see what the spiking layers do; the last step of an epoch always does.</summary>
    bool WantsActivity => false;

    /// <summary>A step is queued; the device may still be at work on it.</summary>
    void StepDone(TrainingState state, int stepsPerEpoch, double learningRate);

    /// <summary>An epoch was trained and tested.</summary>
    void EpochDone(TrainingState state, EpochResult result);
}
