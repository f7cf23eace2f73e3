using Idsnn.Engine;

namespace Idsnn.Training;

/// <summary>Means over some images.</summary>
/// <param name="Images">How many.</param>
/// <param name="Loss">The whole loss.</param>
/// <param name="CrossEntropy">Its cross-entropy.</param>
/// <param name="Distillation">Its KL term before α·T²; 0 without a teacher.</param>
/// <param name="Accuracy">Share of images whose largest logit is the label's, 0 … 1.</param>
public sealed record Metrics(int Images, double Loss, double CrossEntropy, double Distillation, double Accuracy);

/// <summary>Sums losses and hits on the device, so that training need not wait for them.</summary>
internal sealed class MetricSums(Device device) : IDisposable
{
    // One sum per term; a float holds the sums of a whole epoch to about six digits.
    private readonly Tensor[] sums = [.. Enumerable.Range(0, 4).Select(_ => Tensor.Persistent(device, [1], [0f]))];
    private int images;

    public void Add(StepLosses losses, Labels labels)
    {
        AddMean(0, losses.Total, labels.Count);
        AddMean(1, losses.CrossEntropy, labels.Count);
        if (losses.Distillation is not null) AddMean(2, losses.Distillation, labels.Count);
        Ops.Accumulate(sums[3], Ops.CountCorrect(losses.Logits, labels));
        images += labels.Count;
    }

    public Metrics Read()
    {
        double[] values = [.. sums.Select(sum => (double)sum.Item() / Math.Max(images, 1))];
        return new Metrics(images, values[0], values[1], values[2], values[3]);
    }

    public void Dispose()
    {
        foreach (var sum in sums) sum.Dispose();
    }

    private void AddMean(int term, Tensor mean, int count)
    {
        using (Tape.NoGrad()) Ops.Accumulate(sums[term], Ops.Scale(mean, count));
    }
}
