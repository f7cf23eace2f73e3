using Idsnn.Engine;

namespace Idsnn.Training;

/// <summary>Sums losses, their terms and hits on the device, so that training need not wait for them.</summary>
/// <param name="device">The device that the losses lie on.</param>
/// <param name="terms">The names of the terms.</param>
internal sealed class MetricSums(Device device, IReadOnlyList<string> terms) : IDisposable
{
    private readonly Tensor sums = Tensor.Persistent(device, [terms.Count + 4], new float[terms.Count + 4]);

    /// <summary>Images of the steps that were added; kept on the host, by whoever adds them.</summary>
    public int Images { get; set; }

    /// <summary>Steps that were skipped, kept likewise.</summary>
    public int Skipped { get; set; }

    /// <summary>Adds a step, and sets the gate of the update that follows, if one does.</summary>
    public void Add(StepLosses losses, Labels labels, UpdateRule? update = null)
    {
        using var correct = Ops.CountCorrect(losses.Logits, labels);
        Ops.AddStep(sums, losses.Total, losses.Terms, correct, labels.Count, update);
    }

    /// <summary>Waits for the device.</summary>
    public MetricTotals Read()
    {
        float[] values = sums.ToArray();
        var ofTerms = new LossValues([.. terms.Select((term, i) => new LossValue(term, values[i + 1]))]);
        return new MetricTotals(Images, values[0], ofTerms, values[^3], (int)values[^2], Skipped);
    }

    /// <summary>Goes on from other sums, of so many steps.</summary>
    public void Set(MetricTotals totals, int steps)
    {
        sums.CopyFrom([totals.Loss, .. terms.Select(term => (float)totals.Terms[term]), totals.Correct, totals.NotFinite, steps]);
        (Images, Skipped) = (totals.Images, totals.Skipped);
    }

    public void Dispose() => sums.Dispose();
}
