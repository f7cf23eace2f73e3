using System.Diagnostics;
using Idsnn.Datasets;
using Idsnn.Engine;
using Idsnn.Models;

namespace Idsnn.Training;

/// <summary>What training a network would take, from one batch of it.</summary>
/// <param name="Epochs">Epochs.</param>
/// <param name="Steps">Training steps of an epoch.</param>
/// <param name="StepSeconds">Of one of them, its batch made in the background as in training.</param>
/// <param name="TestSeconds">Of the test after an epoch.</param>
/// <param name="PeakBytes">The most device memory in use.</param>
public sealed record StageEstimate(int Epochs, int Steps, double StepSeconds, double TestSeconds, long PeakBytes)
{
    /// <summary>Seconds of the whole stage.</summary>
    public double Seconds => Epochs * ((Steps * StepSeconds) + TestSeconds);

    /// <summary>
    /// Trains the network on one batch and tests it on one, each twice: the first compiles the kernels. The network has changed then.
    /// </summary>
    /// <param name="model">The network that learns.</param>
    /// <param name="teacher">The frozen teacher; null without distillation.</param>
    /// <param name="dataset">What it learns.</param>
    /// <param name="options">How.</param>
    public static StageEstimate Measure(INetwork model, INetwork? teacher, Dataset dataset, TrainingOptions options)
    {
        var device = model.Device;
        var train = new BatchLoader(dataset.Train, options.BatchSize, options.Augmentation, shuffle: true, options.Seed, options.Workers);
        var test = new BatchLoader(dataset.Test, options.BatchSize, Augmentation.None, shuffle: false, seed: 0);
        using var feed = new ImageFeed(device, dataset.Mean, dataset.Std);
        using var optimizer = new SgdOptimizer(model.Parameters, options.Sgd);
        var step = new TrainingStep(model, teacher, options.Objective, options.Seed);
        device.Memory.ResetPeak();
        double stepSeconds = OfSecond(device, () =>
        {
            var (images, labels) = First(device, feed, train);
            using (labels) step.Run(images, labels);
            optimizer.Step(options.Schedule.At(0, 0, train.BatchesPerEpoch));
        });
        double testSeconds = OfSecond(device, () =>
        {
            var (images, labels) = First(device, feed, test);
            using (labels) model.Forward(images, Pass.Evaluation with { Seed = options.Seed });
        });
        return new StageEstimate(options.Epochs, train.BatchesPerEpoch, stepSeconds, testSeconds * test.BatchesPerEpoch, device.Memory.PeakBytes);
    }

    private static (Tensor Images, Labels Labels) First(Device device, ImageFeed feed, BatchLoader loader)
    {
        var batch = loader.Epoch(0).First();
        return (feed.Load(batch), new Labels(device, batch.Labels));
    }

    private static double OfSecond(Device device, Action run)
    {
        double seconds = 0;
        for (int i = 0; i < 2; i++)
        {
            var clock = Stopwatch.StartNew();
            using (device.Scope()) run();
            device.Synchronize();
            seconds = clock.Elapsed.TotalSeconds;
        }

        return seconds;
    }
}
