namespace Idsnn.Datasets;

/// <summary>Operations that replace each value of a channel by another, whatever its place.</summary>
internal static class Levels
{
    private const int Count = 256;

    /// <summary>The same for all channels.</summary>
    public static void Map(RgbImage image, Func<int, int> map)
    {
        Span<byte> table = stackalloc byte[Count];
        for (int value = 0; value < Count; value++) table[value] = (byte)map(value);
        foreach (ref byte value in image.Pixels.AsSpan()) value = table[value];
    }

    /// <summary>Stretches each channel to 0 … 255; one of a single value stays.</summary>
    public static void AutoContrast(RgbImage image) => MapChannels(image, static (histogram, table) =>
    {
        int low = histogram.IndexOfAnyExcept(0), high = histogram.LastIndexOfAnyExcept(0);
        if (high <= low) return false;
        double scale = 255.0 / (high - low), offset = -low * scale;
        for (int value = 0; value < Count; value++) table[value] = (byte)Math.Clamp((int)(value * scale + offset), 0, 255);
        return true;
    });

    /// <summary>Spreads each channel so that all values become equally frequent.</summary>
    public static void Equalize(RgbImage image) => MapChannels(image, static (histogram, table) =>
    {
        int pixels = 0;
        foreach (int count in histogram) pixels += count;
        int step = (pixels - histogram[histogram.LastIndexOfAnyExcept(0)]) / 255;
        if (step == 0) return false;
        int below = step / 2;
        for (int value = 0; value < Count; value++)
        {
            table[value] = (byte)Math.Min(below / step, 255);
            below += histogram[value];
        }

        return true;
    });

    /// <summary>Maps each channel by a table made from its histogram, where one is made.</summary>
    private static void MapChannels(RgbImage image, Func<Span<int>, Span<byte>, bool> make)
    {
        Span<int> histogram = stackalloc int[Count];
        Span<byte> table = stackalloc byte[Count];
        byte[] pixels = image.Pixels;
        for (int c = 0; c < RgbImage.Channels; c++)
        {
            histogram.Clear();
            for (int i = c; i < pixels.Length; i += RgbImage.Channels) histogram[pixels[i]]++;
            if (!make(histogram, table)) continue;
            for (int i = c; i < pixels.Length; i += RgbImage.Channels) pixels[i] = table[pixels[i]];
        }
    }
}
