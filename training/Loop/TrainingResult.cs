namespace Idsnn.Training;

/// <summary>What an epoch's training steps came to, before it is tested; the members are those of <see cref="EpochResult"/>.</summary>
/// <param name="LearningRate">Of its last step.</param>
/// <param name="Metrics">Means over its training steps.</param>
/// <param name="ImagesPerSecond">Of its training steps.</param>
/// <param name="FiringRate">At its last step.</param>
/// <param name="GradientNorm">At its last step.</param>
public sealed record EpochTraining(
    double LearningRate, Metrics Metrics, double ImagesPerSecond, double FiringRate, double GradientNorm);

/// <summary>One epoch's result.</summary>
/// <param name="Epoch">From 1; 0 for a network that was not trained.</param>
/// <param name="LearningRate">Of its last step.</param>
/// <param name="Train">Means over its training steps.</param>
/// <param name="Test">On the test set after it.</param>
/// <param name="ImagesPerSecond">Of its training steps.</param>
/// <param name="Seconds">Training and testing.</param>
/// <param name="FiringRate">Spikes per neuron and time-step at its last training step; 0 for an ordinary network.</param>
/// <param name="GradientNorm">Of all parameters together, at its last step.</param>
public sealed record EpochResult(
    int Epoch, double LearningRate, Metrics Train, Metrics Test, double ImagesPerSecond, double Seconds, double FiringRate,
    double GradientNorm)
{
    /// <summary>A network as it starts.</summary>
    public static EpochResult Untrained(Metrics test, double seconds) => new(0, 0, MetricTotals.None.Means, test, 0, seconds, 0, 0);

    /// <summary>Its line of metrics.csv.</summary>
    /// <param name="network">The network's name.</param>
    public EpochRow ToRow(string network) => new(
        network, Epoch, LearningRate, Train.Loss, Train.Terms, Train.Accuracy, Test.Loss, Test.Accuracy,
        FiringRate, GradientNorm);
}

/// <summary>A training's results: the last accuracy is what the network has, the best is what the literature reports.</summary>
/// <param name="Epochs">In order.</param>
public sealed record TrainingResult(IReadOnlyList<EpochResult> Epochs)
{
    /// <summary>Test accuracy after the last epoch.</summary>
    public double LastAccuracy => Epochs.Count == 0 ? double.NaN : Epochs[^1].Test.Accuracy;

    /// <summary>The epoch of the best test accuracy (the first of equals).</summary>
    public EpochResult Best => Epochs.MaxBy(epoch => epoch.Test.Accuracy) ?? throw new InvalidOperationException("no epoch was trained");
}
