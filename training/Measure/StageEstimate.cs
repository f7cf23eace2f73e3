using System.Diagnostics;
using Idsnn.Datasets;
using Idsnn.Engine;
using Idsnn.Models;

namespace Idsnn.Measure;

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
    /// Trains the network on one batch, as <see cref="Trainer"/> does, and tests it on one, each twice or more. The network has changed
    /// then.
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
        using var state = new TrainingState("network", model, teacher, options);
        using var steps = new StepRunner(state, dataset, options);
        using var feed = new ImageFeed(device, dataset.Mean, dataset.Std);
        double rate = options.Schedule.At(0, 0, train.BatchesPerEpoch);
        device.Memory.ResetPeak();

        // The first step compiles the kernels; where steps are replayed, the second is captured.
        double stepSeconds = OfLast(device, device.Uses(FastPath.Graphs) ? 3 : 2, () =>
            steps.Run(train.Epoch(0).First(), 0, rate, looks: false, last: false));
        double testSeconds = OfLast(device, 2, () =>
        {
            var images = feed.Load(test.Epoch(0).First());
            model.Forward(images, Pass.Evaluation with { Seed = options.Seed });
        });
        return new StageEstimate(
            options.Epochs, train.BatchesPerEpoch, stepSeconds, testSeconds * test.BatchesPerEpoch, device.Memory.PeakBytes);
    }

    private static double OfLast(Device device, int runs, Action run)
    {
        double seconds = 0;
        for (int i = 0; i < runs; i++)
        {
            var clock = Stopwatch.StartNew();
            using (device.Scope()) run();
            device.Synchronize();
            seconds = clock.Elapsed.TotalSeconds;
        }

        return seconds;
    }
}
