using Idsnn.Engine;

namespace Idsnn.Models;

/// <summary>Takes normalised images back to [0, 1]: a batch-norm with constants, x·std + mean.</summary>
internal sealed class PixelScale : IDisposable
{
    private readonly Tensor std, mean, zero, one;

    public PixelScale(Device device, Normalization normalization)
    {
        Shape channels = [normalization.Mean.Length];
        std = Tensor.Persistent(device, channels, normalization.Std);
        mean = Tensor.Persistent(device, channels, normalization.Mean);
        zero = Tensor.Persistent(device, channels, new float[channels.Size]);
        one = Tensor.Persistent(device, channels, [.. Enumerable.Repeat(1f, channels.Size)]);
    }

    public Tensor Restore(Tensor images) =>
        Ops.BatchNorm(images, std, mean, new RunningStatistics(zero, one), training: false, epsilon: 0f);

    public void Dispose()
    {
        foreach (var tensor in (ReadOnlySpan<Tensor>)[std, mean, zero, one]) tensor.Dispose();
    }
}
