using System.Globalization;
using Idsnn.Datasets;
using Idsnn.Engine;
using Idsnn.Models;

namespace Idsnn.Training;

/// <summary>
/// What a network says of images after each number of time-steps, from one pass: the read-out after t steps is the mean of the first t.
/// An ordinary network has one.
/// </summary>
/// <param name="Predicted">[T][N]: the class with the largest logit, the first of equals.</param>
/// <param name="Confidence">[T][N]: its softmax.</param>
/// <param name="Losses">[N]: cross-entropy of the last read-out.</param>
public sealed record ReadOuts(IReadOnlyList<int[]> Predicted, IReadOnlyList<float[]> Confidence, float[] Losses)
{
    /// <summary>The last read-out's.</summary>
    public int[] Final => Predicted[^1];

    /// <summary>Runs a network over images with batch-norm's running statistics.</summary>
    /// <param name="model">The network.</param>
    /// <param name="images">The images.</param>
    /// <param name="normalization">What they are normalised by.</param>
    /// <param name="batchSize">Images at a time.</param>
    /// <param name="seed">Of the Poisson encoder.</param>
    /// <param name="probe">Looks at the layers, or null.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <exception cref="ArithmeticException">An output is no finite number.</exception>
    public static ReadOuts Of(
        INetwork model, ImageSet images, Normalization normalization, int batchSize, ulong seed = 0, ForwardProbe? probe = null,
        CancellationToken cancellation = default)
    {
        int steps = model.Spec.Timesteps, classes = model.Spec.Classes;
        var loader = new BatchLoader(images, batchSize, Augmentation.None, shuffle: false, seed: 0);
        using var feed = new ImageFeed(model.Device, normalization.Mean, normalization.Std);
        using var draw = new DrawNumber(model.Device);
        var predicted = Enumerable.Range(0, steps).Select(_ => new int[images.Count]).ToList();
        var confidence = Enumerable.Range(0, steps).Select(_ => new float[images.Count]).ToList();
        var losses = new float[images.Count];
        foreach (var batch in loader.Epoch(0))
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = model.Device.Scope();
            var x = feed.Load(batch);
            draw.Set((ulong)batch.Index);
            var pass = new Pass { Seed = seed, Draw = draw, PerStep = true, Probe = probe };
            float[] logits = model.Forward(x, pass).ToArray();
            int first = batch.Index * batchSize;
            for (int i = 0; i < batch.Count; i++)
            {
                var sum = new double[classes];
                for (int t = 0; t < steps; t++)
                {
                    for (int k = 0; k < classes; k++) sum[k] += Finite(logits[(((t * batch.Count) + i) * classes) + k], first + i, t, k);
                    var (top, probability, loss) = Judge(sum, t + 1, batch.Labels[i]);
                    (predicted[t][first + i], confidence[t][first + i], losses[first + i]) = (top, probability, loss);
                }
            }
        }

        return new ReadOuts(predicted, confidence, losses);
    }

    /// <summary>Share of images whose class each read-out names, by time-step.</summary>
    public IReadOnlyList<double> Accuracies(int[] labels) =>
        [.. Predicted.Select(step => step.Zip(labels).Count(pair => pair.First == pair.Second) / (double)labels.Length)];

    /// <summary>[K][K]: images of a class (row) that the last read-out takes for a class (column).</summary>
    public int[][] Confusion(int[] labels, int classes)
    {
        int[][] counts = [.. Enumerable.Range(0, classes).Select(_ => new int[classes])];
        for (int i = 0; i < labels.Length; i++) counts[labels[i]][Final[i]]++;
        return counts;
    }

    private static float Finite(float logit, int image, int step, int k) => float.IsFinite(logit)
        ? logit
        : throw new ArithmeticException(string.Create(
            CultureInfo.InvariantCulture,
            $"the network's output for class {k} of image {image}, both from 0, is {logit} at step {step + 1}: "
                + $"its weights are out of range"));

    /// <summary>The largest of the mean logits, its softmax, and the label's cross-entropy.</summary>
    private static (int Top, float Probability, float Loss) Judge(double[] sum, int steps, int label)
    {
        int top = 0;
        for (int k = 1; k < sum.Length; k++)
        {
            if (sum[k] > sum[top]) top = k;
        }

        double total = sum.Sum(logit => Math.Exp((logit - sum[top]) / steps));
        return (top, (float)(1 / total), (float)(Math.Log(total) - ((sum[label] - sum[top]) / steps)));
    }
}
