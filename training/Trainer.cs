using System.Diagnostics;
using Idsnn.Datasets;
using Idsnn.Engine;
using Idsnn.Models;

namespace Idsnn.Training;

/// <summary>How one network is trained. The defaults are the paper's (§4.1).</summary>
/// <param name="Epochs">Passes over the train set.</param>
/// <param name="BatchSize">Images per step.</param>
/// <param name="Schedule">The learning rate.</param>
/// <param name="Sgd">The optimizer.</param>
/// <param name="Objective">The loss.</param>
/// <param name="Augmentation">Of the train images.</param>
/// <param name="Seed">Of data order, augmentation and the Poisson encoder.</param>
/// <param name="Workers">Threads that prepare batches; they do not change them.</param>
public sealed record TrainingOptions(
    int Epochs, int BatchSize, LearningRateSchedule Schedule, SgdOptions Sgd, Objective Objective, Augmentation Augmentation, ulong Seed,
    int Workers);

/// <summary>One epoch's result.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="LearningRate">Of its last step.</param>
/// <param name="Train">Means over its training steps.</param>
/// <param name="Test">On the test set after it.</param>
/// <param name="ImagesPerSecond">Of its training steps.</param>
/// <param name="Seconds">Training and testing.</param>
public sealed record EpochResult(
    int Epoch, double LearningRate, Metrics Train, Metrics Test, double ImagesPerSecond, double Seconds);

/// <summary>A training's results: the last accuracy is what the network has, the best is what the literature reports.</summary>
/// <param name="Epochs">In order.</param>
public sealed record TrainingResult(IReadOnlyList<EpochResult> Epochs)
{
    /// <summary>Test accuracy after the last epoch.</summary>
    public double LastAccuracy => Epochs.Count == 0 ? double.NaN : Epochs[^1].Test.Accuracy;

    /// <summary>The epoch of the best test accuracy (the first of equals).</summary>
    public EpochResult Best => Epochs.MaxBy(epoch => epoch.Test.Accuracy) ?? throw new InvalidOperationException("no epoch was trained");
}

/// <summary>Trains a network, with or without a teacher.</summary>
public static class Trainer
{
    /// <summary>Runs all epochs.</summary>
    /// <param name="model">The network that learns.</param>
    /// <param name="teacher">The frozen teacher; null without distillation.</param>
    /// <param name="dataset">What it learns.</param>
    /// <param name="options">How.</param>
    /// <param name="epochDone">Called after every epoch: to log, to save.</param>
    /// <param name="cancellation">Stops between steps.</param>
    /// <exception cref="ArithmeticException">The loss is no longer finite.</exception>
    public static TrainingResult Train(
        ResNet model, ResNet? teacher, Dataset dataset, TrainingOptions options, Action<EpochResult>? epochDone = null,
        CancellationToken cancellation = default)
    {
        var device = model.Device;
        var loader = new BatchLoader(
            dataset.Train, dataset.Mean, dataset.Std, options.BatchSize, options.Augmentation, shuffle: true, options.Seed, options.Workers);
        using var optimizer = new SgdOptimizer(model.Parameters, options.Sgd);
        var step = new TrainingStep(model, teacher, options.Objective, options.Seed);
        var results = new List<EpochResult>();
        for (int epoch = 0; epoch < options.Epochs; epoch++)
        {
            var clock = Stopwatch.StartNew();
            using var sums = new MetricSums(device);
            double rate = 0;
            foreach (var batch in loader.Epoch(epoch))
            {
                cancellation.ThrowIfCancellationRequested();
                using var scope = device.Scope();
                using var labels = new Labels(device, batch.Labels);
                var images = Tensor.From(
                    device, [batch.Count, dataset.Train.Height, dataset.Train.Width, dataset.Train.Channels], batch.Images);
                var losses = step.Run(images, labels, ((ulong)epoch * (ulong)loader.BatchesPerEpoch) + (ulong)batch.Index);
                sums.Add(losses, labels);
                rate = options.Schedule.At(epoch, batch.Index, loader.BatchesPerEpoch);
                optimizer.Step(rate);
            }

            var train = sums.Read();
            double imagesPerSecond = train.Images / clock.Elapsed.TotalSeconds;
            if (!double.IsFinite(train.Loss))
            {
                throw new ArithmeticException($"the loss is no longer finite in epoch {epoch + 1}; lower the learning rate (--lr)");
            }

            var test = Evaluator.Evaluate(model, dataset, options.BatchSize, options.Seed, cancellation);
            results.Add(new EpochResult(epoch + 1, rate, train, test, imagesPerSecond, clock.Elapsed.TotalSeconds));
            epochDone?.Invoke(results[^1]);
        }

        return new TrainingResult(results);
    }
}
