using Idsnn.Datasets;

namespace Idsnn.Tests;

/// <summary>
/// What torchvision does to a batch, step by step: pad with zeros, crop, mirror, scale and normalise, cut out; then boxes of other images.
/// </summary>
internal static class ImageReference
{
    private const int Pad = Augmentation.Padding;

    /// <summary>Bytes x become x/255.</summary>
    public static float[] Scaled(Batch batch)
    {
        float[] zeros = new float[batch.Channels], ones = new float[batch.Channels];
        Array.Fill(ones, 1f);
        return Images(batch, zeros, ones);
    }

    /// <summary>[N, H, W, C].</summary>
    public static float[] Images(Batch batch, float[] mean, float[] std)
    {
        (int height, int width, int channels) = (batch.Height, batch.Width, batch.Channels);
        int size = height * width * channels;
        float[][] placed = [.. Enumerable.Range(0, batch.Count)
            .Select(i => Place(batch.Pixels.AsSpan(i * size, size), batch.Draws[i], height, width, mean, std))];
        var mixed = placed.SelectMany(image => image).ToArray();
        foreach (var (i, y, x) in Loop.Over(batch.Count, height, width))
        {
            if (!Holds(batch.Draws[i].Mix, y, x)) continue;
            int at = ((y * width) + x) * channels;
            placed[batch.Draws[i].Partner].AsSpan(at, channels).CopyTo(mixed.AsSpan((i * size) + at));
        }

        return mixed;
    }

    /// <summary>One image without its mix.</summary>
    public static float[] Place(ReadOnlySpan<byte> pixels, ImageDraw draw, int height, int width, float[] mean, float[] std)
    {
        int channels = mean.Length;
        var padded = new byte[height + (2 * Pad), width + (2 * Pad), channels];
        for (int i = 0; i < pixels.Length; i++)
        {
            padded[(i / (width * channels)) + Pad, (i / channels % width) + Pad, i % channels] = pixels[i];
        }

        var result = new float[pixels.Length];
        for (int i = 0; i < result.Length; i++)
        {
            (int y, int x, int c) = (i / (width * channels), i / channels % width, i % channels);
            int from = draw.Mirror ? width - 1 - x : x;
            float value = ((padded[y + Pad + draw.Top, from + Pad + draw.Left, c] / 255f) - mean[c]) / std[c];
            result[i] = Holds(draw.Cutout, y, x) ? 0f : value;
        }

        return result;
    }

    private static bool Holds(Box box, int y, int x) => y >= box.Top && y < box.Bottom && x >= box.Left && x < box.Right;
}
