namespace Idsnn.Datasets;

/// <summary>Labelled images of one size, held in memory as bytes.</summary>
public sealed class ImageSet
{
    /// <summary>Wraps <paramref name="pixels"/> and <paramref name="labels"/>; neither is copied.</summary>
    /// <param name="pixels">The images, NHWC: [count, height, width, channels].</param>
    /// <param name="labels">One class index per image.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="channels">Bytes per pixel.</param>
    /// <exception cref="ArgumentException">The number of pixels does not fit the number of labels and the size.</exception>
    public ImageSet(byte[] pixels, int[] labels, int height, int width, int channels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(channels);
        if (pixels.LongLength != (long)labels.Length * height * width * channels)
        {
            throw new ArgumentException(
                $"ImageSet: {labels.Length} labels and images of [{height},{width},{channels}] "
                + $"need {(long)labels.Length * height * width * channels} bytes, got {pixels.LongLength}.",
                nameof(pixels));
        }

        (Pixels, Labels, Height, Width, Channels) = (pixels, labels, height, width, channels);
    }

    /// <summary>The number of images.</summary>
    public int Count => Labels.Length;

    /// <summary>Rows of an image.</summary>
    public int Height { get; }

    /// <summary>Columns of an image.</summary>
    public int Width { get; }

    /// <summary>Bytes of a pixel.</summary>
    public int Channels { get; }

    /// <summary>All images, NHWC: [Count, Height, Width, Channels].</summary>
    public byte[] Pixels { get; }

    /// <summary>The class of each image, [Count].</summary>
    public int[] Labels { get; }

    /// <summary>Bytes of one image.</summary>
    public int ImageBytes => Height * Width * Channels;

    /// <summary>Image <paramref name="index"/>, HWC: [Height, Width, Channels].</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such image.</exception>
    public ReadOnlySpan<byte> Image(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        return Pixels.AsSpan(index * ImageBytes, ImageBytes);
    }

    /// <summary>The first <paramref name="n"/> images, copied.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="n"/> is not in 1 to Count.</exception>
    public ImageSet Take(int n) => n >= 1 && n <= Count
        ? new ImageSet(Pixels[..(n * ImageBytes)], Labels[..n], Height, Width, Channels)
        : throw new ArgumentOutOfRangeException(nameof(n), n, $"Take: the set has {Count} images; ask for 1 to {Count} of them.");

    /// <summary>Mean and (population) standard deviation of each channel over all pixels scaled to [0, 1]; each [Channels].</summary>
    /// <exception cref="InvalidOperationException">The set is empty.</exception>
    public (float[] Mean, float[] Std) Statistics()
    {
        if (Count == 0) throw new InvalidOperationException("Statistics: the set has no images.");

        // Sums of bytes and of their squares are exact, so the result is the same on every machine.
        var sum = new long[Channels];
        var squares = new long[Channels];
        for (int i = 0; i < Pixels.Length; i += Channels)
        {
            for (int c = 0; c < Channels; c++)
            {
                int x = Pixels[i + c];
                sum[c] += x;
                squares[c] += x * x;
            }
        }

        double n = Pixels.Length / Channels;
        var mean = new float[Channels];
        var std = new float[Channels];
        for (int c = 0; c < Channels; c++)
        {
            double m = sum[c] / n;
            mean[c] = (float)(m / 255);
            std[c] = (float)(Math.Sqrt(squares[c] / n - m * m) / 255);
        }

        return (mean, std);
    }
}
