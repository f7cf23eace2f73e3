namespace Idsnn.Datasets;

/// <summary>Which pixels along one axis make an output pixel, and how much of each: Σ weight · pixel[First + i] / 2^22.</summary>
internal readonly record struct Taps(int First, int[] Weights)
{
    /// <summary>Fraction bits of the weights.</summary>
    public const int Precision = 22;

    /// <summary>
    /// A triangle as wide as two output pixels, and never narrower than two input pixels: bilinear where the image grows, an
    /// average of all that an output pixel covers where it shrinks, so that nothing aliases.
    /// </summary>
    /// <param name="input">Pixels along the axis.</param>
    /// <param name="output">Pixels after scaling.</param>
    /// <param name="first">The first of them that is wanted.</param>
    /// <param name="count">How many are wanted.</param>
    public static Taps[] Of(int input, long output, long first, int count)
    {
        double scale = (double)input / output, reach = Math.Max(scale, 1);
        var taps = new Taps[count];
        for (int i = 0; i < count; i++)
        {
            double centre = (first + i + 0.5) * scale;
            int from = Math.Max((int)(centre - reach + 0.5), 0), to = Math.Min((int)(centre + reach + 0.5), input);
            var shares = new double[to - from];
            for (int j = 0; j < shares.Length; j++) shares[j] = Math.Max(0, 1 - Math.Abs((from + j - centre + 0.5) / reach));
            double sum = shares.Sum();
            taps[i] = new Taps(from, [.. shares.Select(share => (int)(share / sum * (1 << Precision) + 0.5))]);
        }

        return taps;
    }
}

/// <summary>Scales RGB images along one axis, in whole numbers: the same bytes on every machine.</summary>
internal static class Resampling
{
    private const int Channels = RgbImage.Channels;

    /// <summary>Rows <paramref name="first"/> to <paramref name="end"/> - 1 of [height, width, 3] to [end - first, taps, 3].</summary>
    public static byte[] Columns(byte[] pixels, int first, int end, int width, Taps[] taps)
    {
        var result = new byte[(end - first) * taps.Length * Channels];
        for (int y = first, to = 0; y < end; y++)
        {
            foreach (var tap in taps)
            {
                for (int c = 0; c < Channels; c++)
                {
                    result[to++] = Blend(pixels, (y * width + tap.First) * Channels + c, Channels, tap.Weights);
                }
            }
        }

        return result;
    }

    /// <summary>[height, width, 3], from row <paramref name="first"/> of an image on, to [taps, width, 3].</summary>
    public static byte[] Rows(byte[] pixels, int first, int width, Taps[] taps)
    {
        int row = width * Channels, to = 0;
        var result = new byte[taps.Length * row];
        foreach (var tap in taps)
        {
            for (int x = 0; x < row; x++) result[to++] = Blend(pixels, (tap.First - first) * row + x, row, tap.Weights);
        }

        return result;
    }

    private static byte Blend(byte[] pixels, int at, int step, int[] weights)
    {
        int sum = 1 << (Taps.Precision - 1);
        foreach (int weight in weights)
        {
            sum += pixels[at] * weight;
            at += step;
        }

        return (byte)Math.Min(sum >> Taps.Precision, byte.MaxValue);
    }
}
