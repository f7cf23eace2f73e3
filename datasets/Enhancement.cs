namespace Idsnn.Datasets;

/// <summary>
/// Operations that blend an image with a poorer version of itself: value = poor + factor · (value − poor). A factor of 0 gives the
/// poor image, 1 the image itself, and beyond 1 the opposite of poor.
/// </summary>
internal static class Enhancement
{
    /// <summary>Against black.</summary>
    public static void Brightness(RgbImage image, float factor)
    {
        foreach (ref byte value in image.Pixels.AsSpan()) value = Blend(0, value, factor);
    }

    /// <summary>Against its grey.</summary>
    public static void Colour(RgbImage image, float factor)
    {
        for (var rest = image.Pixels.AsSpan(); rest.Length > 0; rest = rest[RgbImage.Channels..])
        {
            int grey = Luma(rest);
            for (int c = 0; c < RgbImage.Channels; c++) rest[c] = Blend(grey, rest[c], factor);
        }
    }

    /// <summary>Against its mean grey.</summary>
    public static void Contrast(RgbImage image, float factor)
    {
        long sum = 0;
        for (var rest = image.Pixels.AsSpan(); rest.Length > 0; rest = rest[RgbImage.Channels..]) sum += Luma(rest);
        int mean = (int)((double)sum / (image.Height * image.Width) + 0.5);
        foreach (ref byte value in image.Pixels.AsSpan()) value = Blend(mean, value, factor);
    }

    /// <summary>Against a smoothed version, a pixel counting five times its eight neighbours; pixels on the border stay.</summary>
    public static void Sharpness(RgbImage image, float factor)
    {
        byte[] source = [.. image.Pixels], target = image.Pixels;
        int row = image.Width * RgbImage.Channels;
        for (int y = 1; y < image.Height - 1; y++)
        {
            for (int i = y * row + RgbImage.Channels; i < (y + 1) * row - RgbImage.Channels; i++)
            {
                int sum = 4 * source[i];
                for (int line = i - row; line <= i + row; line += row)
                {
                    sum += source[line - RgbImage.Channels] + source[line] + source[line + RgbImage.Channels];
                }

                // Thirteenths, rounded.
                target[i] = Blend((2 * sum + 13) / 26, source[i], factor);
            }
        }
    }

    /// <summary>Brightness of a colour (ITU-R 601), in 65536ths, rounded.</summary>
    private static int Luma(ReadOnlySpan<byte> rgb) => (rgb[0] * 19595 + rgb[1] * 38470 + rgb[2] * 7471 + 0x8000) >> 16;

    private static byte Blend(int poor, int value, float factor) => (byte)Math.Clamp(poor + factor * (value - poor), 0f, 255f);
}
