using System.Text.Json.Serialization;
using Idsnn.Engine;

namespace Idsnn.Training;

/// <summary>Means over some images.</summary>
/// <param name="Images">How many.</param>
/// <param name="Loss">The whole loss.</param>
/// <param name="CrossEntropy">Its cross-entropy.</param>
/// <param name="Distillation">Its KL term before α·T²; 0 without a teacher.</param>
/// <param name="Accuracy">Share of images whose largest logit is the label's, 0 … 1.</param>
public sealed record Metrics(int Images, double Loss, double CrossEntropy, double Distillation, double Accuracy)
{
    /// <summary>These, of a test.</summary>
    /// <param name="network">The network that was tested.</param>
    /// <param name="epoch">After which epoch, from 1; 0 before the first.</param>
    /// <exception cref="ArithmeticException">The loss is not finite.</exception>
    internal Metrics RequireFinite(string network, int epoch) => double.IsFinite(Loss)
        ? this
        : throw new ArithmeticException(
            $"{network}: the loss on the test set is not finite "
            + (epoch == 0
                ? "before training; look at the weights that it starts from"
                : $"after epoch {epoch}; lower {RunSettings.Rate}"));
}

/// <summary>Sums over some images; a float holds those of a whole epoch to about six digits.</summary>
/// <param name="Images">How many.</param>
/// <param name="Loss">The whole loss.</param>
/// <param name="CrossEntropy">Its cross-entropy.</param>
/// <param name="Distillation">Its KL term.</param>
/// <param name="Correct">Images whose largest logit is the label's.</param>
/// <param name="NotFinite">
/// The first step, from 1, whose loss, gradients or update were not finite, but for those that were skipped; 0 for none.
/// </param>
/// <param name="Skipped">Steps that were skipped since they were not finite; nothing else counts them or their images.</param>
public sealed record MetricTotals(
    int Images, float Loss, float CrossEntropy, float Distillation, float Correct, int NotFinite = 0, int Skipped = 0)
{
    /// <summary>Of no images.</summary>
    public static MetricTotals None { get; } = new(0, 0, 0, 0, 0);

    /// <summary>Per image.</summary>
    [JsonIgnore]
    public Metrics Means => new(Images, Mean(Loss), Mean(CrossEntropy), Mean(Distillation), Mean(Correct));

    private double Mean(float sum) => sum / (double)Math.Max(Images, 1);
}

/// <summary>Sums losses and hits on the device, so that training need not wait for them.</summary>
internal sealed class MetricSums(Device device) : IDisposable
{
    private readonly Tensor sums = Tensor.Persistent(device, [6], new float[6]);

    /// <summary>Images of the steps that were added; kept on the host, by whoever adds them.</summary>
    public int Images { get; set; }

    /// <summary>Steps that were skipped, kept likewise.</summary>
    public int Skipped { get; set; }

    /// <summary>Adds a step, and sets the gate of the update that follows, if one does.</summary>
    public void Add(StepLosses losses, Labels labels, UpdateRule? update = null)
    {
        using var correct = Ops.CountCorrect(losses.Logits, labels);
        Ops.AddStep(sums, losses.Total, losses.CrossEntropy, losses.Distillation, correct, labels.Count, update);
    }

    /// <summary>Waits for the device.</summary>
    public MetricTotals Read()
    {
        float[] values = sums.ToArray();
        return new MetricTotals(Images, values[0], values[1], values[2], values[3], (int)values[4], Skipped);
    }

    /// <summary>Goes on from other sums, of so many steps.</summary>
    public void Set(MetricTotals totals, int steps)
    {
        sums.CopyFrom([totals.Loss, totals.CrossEntropy, totals.Distillation, totals.Correct, totals.NotFinite, steps]);
        (Images, Skipped) = (totals.Images, totals.Skipped);
    }

    public void Dispose() => sums.Dispose();
}
