using System.Text.Json.Serialization;

namespace Idsnn.Training;

/// <summary>Means over some images.</summary>
/// <param name="Images">How many.</param>
/// <param name="Loss">The whole loss.</param>
/// <param name="Terms">What the loss is made of.</param>
/// <param name="Accuracy">Share of images whose largest logit is the label's, 0 … 1.</param>
[JsonConverter(typeof(MetricsJson))]
public sealed record Metrics(int Images, double Loss, LossValues Terms, double Accuracy)
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
/// <param name="Terms">What the loss is made of.</param>
/// <param name="Correct">Images whose largest logit is the label's.</param>
/// <param name="NotFinite">
/// The first step, from 1, whose loss, gradients or update were not finite, but for those that were skipped; 0 for none.
/// </param>
/// <param name="Skipped">Steps that were skipped since they were not finite; nothing else counts them or their images.</param>
[JsonConverter(typeof(MetricTotalsJson))]
public sealed record MetricTotals(int Images, float Loss, LossValues Terms, float Correct, int NotFinite = 0, int Skipped = 0)
{
    /// <summary>Of no images.</summary>
    public static MetricTotals None { get; } = new(0, 0, LossValues.None, 0);

    /// <summary>Per image.</summary>
    public Metrics Means => new(Images, Mean(Loss), Terms.Select(Mean), Mean(Correct));

    private double Mean(double sum) => sum / (double)Math.Max(Images, 1);
}
