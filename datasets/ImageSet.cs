namespace Idsnn.Datasets;

/// <summary>Labelled images of one size, or short films of them, held in memory as bytes. An image is a film of one frame.</summary>
public sealed class ImageSet
{
    /// <summary>Wraps <paramref name="pixels"/> and <paramref name="labels"/>; neither is copied.</summary>
    /// <param name="pixels">The images: [count, frames, height, width, channels].</param>
    /// <param name="labels">One class index per image.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="channels">Bytes per pixel.</param>
    /// <param name="frames">Frames of an image; each is shown to a spiking network at a time-step of its own.</param>
    /// <exception cref="ArgumentException">The number of pixels does not fit the number of labels and the size.</exception>
    public ImageSet(byte[] pixels, int[] labels, int height, int width, int channels, int frames = 1)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(channels);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(frames);
        long needed = (long)labels.Length * frames * height * width * channels;
        if (pixels.LongLength != needed)
        {
            string film = frames == 1 ? string.Empty : $"{frames},";
            throw new ArgumentException(
                $"ImageSet: {labels.Length} labels and images of [{film}{height},{width},{channels}] need {needed} bytes, got "
                    + $"{pixels.LongLength}.",
                nameof(pixels));
        }

        (Pixels, Labels, Height, Width, Channels, Frames) = (pixels, labels, height, width, channels, frames);
    }

    /// <summary>The number of images.</summary>
    public int Count => Labels.Length;

    /// <summary>Rows of an image.</summary>
    public int Height { get; }

    /// <summary>Columns of an image.</summary>
    public int Width { get; }

    /// <summary>Bytes of a pixel.</summary>
    public int Channels { get; }

    /// <summary>Frames of an image.</summary>
    public int Frames { get; }

    /// <summary>All images: [Count, Frames, Height, Width, Channels].</summary>
    public byte[] Pixels { get; }

    /// <summary>The class of each image, [Count].</summary>
    public int[] Labels { get; }

    /// <summary>Bytes of one frame.</summary>
    public int FrameBytes => Height * Width * Channels;

    /// <summary>Bytes of one image, all its frames.</summary>
    public int ImageBytes => Frames * FrameBytes;

    /// <summary>Image <paramref name="index"/>: [Frames, Height, Width, Channels].</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such image.</exception>
    public ReadOnlySpan<byte> Image(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        return Pixels.AsSpan(index * ImageBytes, ImageBytes);
    }

    /// <summary>
    /// Image <paramref name="index"/> to look at: the mean of its frames, with one channel as grey, two (events on and off) as red and
    /// blue, and more as red, green and blue.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such image.</exception>
    public RgbImage Picture(int index)
    {
        var image = Image(index);
        var pixels = new byte[Height * Width * RgbImage.Channels];
        for (int i = 0; i < pixels.Length; i++)
        {
            int pixel = i / RgbImage.Channels, colour = i % RgbImage.Channels, sum = 0;
            int channel = Channels switch { 1 => 0, 2 => colour / 2, _ => colour };
            if (Channels == 2 && colour == 1) continue;
            for (int frame = 0; frame < Frames; frame++) sum += image[(frame * FrameBytes) + (pixel * Channels) + channel];
            pixels[i] = (byte)(sum / Frames);
        }

        return new RgbImage(pixels, Height, Width);
    }

    /// <summary>The first <paramref name="n"/> images, copied.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="n"/> is not in 1 to Count.</exception>
    public ImageSet Take(int n) => n >= 1 && n <= Count
        ? new ImageSet(Pixels[..(n * ImageBytes)], Labels[..n], Height, Width, Channels, Frames)
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
