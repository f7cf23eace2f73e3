namespace Idsnn.Training;

/// <summary>How a training goes.</summary>
/// <param name="Network">teacher, student, …</param>
/// <param name="Epoch">The epoch at hand, from 1.</param>
/// <param name="Epochs">Epochs in all.</param>
/// <param name="Step">Steps done of it.</param>
/// <param name="Steps">Steps of an epoch.</param>
/// <param name="Train">Means over those steps.</param>
/// <param name="LearningRate">Of the last step.</param>
/// <param name="ImagesPerSecond">Of late.</param>
/// <param name="FiringRate">Spikes per neuron and time-step, when last looked at; null before, and for an ordinary network.</param>
/// <param name="DeviceBytes">Memory taken from the device.</param>
/// <param name="Left">An estimate of the time until this network is trained.</param>
public sealed record TrainingProgress(
    string Network, int Epoch, int Epochs, int Step, int Steps, Metrics Train, double LearningRate, double ImagesPerSecond,
    double? FiringRate, long DeviceBytes, TimeSpan Left);
