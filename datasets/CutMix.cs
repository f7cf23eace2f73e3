using System.Buffers;

namespace Idsnn.Datasets;

/// <summary>CutMix (Yun et al. 2019), with α = 1: the share that an image keeps is uniform.</summary>
internal static class CutMix
{
    /// <summary>Mixes a batch in place, or leaves it, as the draw has it.</summary>
    /// <param name="batch">Its images and labels; it gets second labels and shares where it is mixed.</param>
    /// <param name="height">Rows of an image.</param>
    /// <param name="width">Columns of an image.</param>
    /// <param name="probability">That the batch is mixed.</param>
    /// <param name="random">The batch's own.</param>
    public static void Apply(Batch batch, int height, int width, float probability, CounterRandom random)
    {
        if (random.NextFloat() >= probability) return;
        float side = MathF.Sqrt(random.NextFloat());
        Box box = Box.About(random.Next(height), random.Next(width), (int)(height * side), (int)(width * side), height, width);
        int[] partners = Shuffled(batch.Count, ref random);
        Paste(batch.Images, partners, box, width, batch.Images.Length / batch.Count / (height * width));
        float share = 1f - (float)box.Area / (height * width);
        batch.SecondLabels = [.. partners.Select(partner => batch.Labels[partner])];
        batch.Shares = [.. partners.Select(_ => share)];
    }

    private static int[] Shuffled(int count, ref CounterRandom random)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        random.Shuffle(order);
        return order;
    }

    /// <summary>Box of image i ← box of image partners[i], as it was before.</summary>
    private static void Paste(float[] images, int[] partners, Box box, int width, int channels)
    {
        int image = images.Length / partners.Length, row = (box.Right - box.Left) * channels, rows = box.Bottom - box.Top;
        float[] boxes = ArrayPool<float>.Shared.Rent(partners.Length * rows * row);
        Span<float> Row(int i, int y) => images.AsSpan(i * image + ((box.Top + y) * width + box.Left) * channels, row);
        Span<float> Saved(int i, int y) => boxes.AsSpan((i * rows + y) * row, row);
        for (int i = 0; i < partners.Length; i++)
        {
            for (int y = 0; y < rows; y++) Row(i, y).CopyTo(Saved(i, y));
        }

        for (int i = 0; i < partners.Length; i++)
        {
            for (int y = 0; y < rows; y++) Saved(partners[i], y).CopyTo(Row(i, y));
        }

        ArrayPool<float>.Shared.Return(boxes);
    }
}
