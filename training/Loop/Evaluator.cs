using Idsnn.Datasets;
using Idsnn.Engine;
using Idsnn.Models;

namespace Idsnn.Training;

/// <summary>Measures a network on a test set.</summary>
public static class Evaluator
{
    /// <summary>Loss (cross-entropy) and accuracy with batch-norm's running statistics.</summary>
    /// <param name="model">The network.</param>
    /// <param name="dataset">Its test images are used.</param>
    /// <param name="batchSize">Images per batch; it does not change the result beyond rounding.</param>
    /// <param name="seed">Of the Poisson encoder.</param>
    /// <param name="cancellation">Stops between batches.</param>
    public static Metrics Evaluate(
        INetwork model, Dataset dataset, int batchSize, ulong seed = 0, CancellationToken cancellation = default)
    {
        DataFit.Require(model.Spec, "test", dataset.Test);
        var loader = new BatchLoader(dataset.Test, batchSize, Augmentation.None, shuffle: false, seed: 0);
        using var feed = new ImageFeed(model.Device, dataset.Mean, dataset.Std);
        using var draw = new DrawNumber(model.Device);
        using var sums = new MetricSums(model.Device, [LossTerm.CrossEntropy]);
        foreach (var batch in loader.Epoch(0))
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = model.Device.Scope();
            using var labels = new Labels(model.Device, batch.Labels);
            var images = feed.Load(batch);
            draw.Set((ulong)batch.Index);
            var logits = model.Forward(images, Pass.Evaluation with { Seed = seed, Draw = draw });
            var loss = Ops.CrossEntropy(logits, labels);
            sums.Add(new StepLosses(logits, loss, loss), labels);
            sums.Images += batch.Count;
        }

        return sums.Read().Means;
    }
}
