namespace Idsnn.Datasets;

/// <summary>One colour image of any size.</summary>
public sealed class RgbImage
{
    /// <summary>Bytes of a pixel.</summary>
    public const int Channels = 3;

    /// <summary>Wraps <paramref name="pixels"/>; they are not copied.</summary>
    /// <param name="pixels">HWC: [height, width, 3], red first.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <exception cref="ArgumentException">The number of bytes does not fit the size.</exception>
    public RgbImage(byte[] pixels, int height, int width)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        if (pixels.LongLength != (long)height * width * Channels)
        {
            throw new ArgumentException(
                $"RgbImage: [{height},{width},{Channels}] needs {(long)height * width * Channels} bytes, got {pixels.LongLength}.",
                nameof(pixels));
        }

        (Pixels, Height, Width) = (pixels, height, width);
    }

    /// <summary>HWC: [Height, Width, 3], red first.</summary>
    public byte[] Pixels { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>
    /// The image as a network of square images takes it: scaled so that its shorter side is <paramref name="size"/>, then the middle
    /// of it. To the byte what torchvision's Resize(size) and CenterCrop(size) make of it through PIL.
    /// </summary>
    /// <param name="size">Height and width of the result.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is not positive.</exception>
    public RgbImage Square(int size)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        int shorter = Math.Min(Height, Width);
        long height = (long)size * Height / shorter, width = (long)size * Width / shorter;

        // Halves go to the even side, as Python rounds.
        long top = (long)Math.Round((height - size) / 2.0), left = (long)Math.Round((width - size) / 2.0);
        Taps[] columns = Taps.Of(Width, width, left, size), rows = Taps.Of(Height, height, top, size);

        // Only the rows that the middle is made of: all of a long strip's would not fit into an array.
        int first = rows.Min(tap => tap.First), end = rows.Max(tap => tap.First + tap.Weights.Length);
        byte[] narrow = Resampling.Columns(Pixels, first, end, Width, columns);
        return new RgbImage(Resampling.Rows(narrow, first, size, rows), size, size);
    }
}
