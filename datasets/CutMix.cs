namespace Idsnn.Datasets;

/// <summary>CutMix (Yun et al. 2019), with α = 1: the share that an image keeps is uniform.</summary>
internal static class CutMix
{
    /// <summary>Mixes a batch, or leaves it, as the draw has it.</summary>
    /// <param name="batch">Its draws get a box and a partner, and it gets second labels and shares, where it is mixed.</param>
    /// <param name="probability">That the batch is mixed.</param>
    /// <param name="random">The batch's own.</param>
    public static void Apply(Batch batch, float probability, SplitMix64 random)
    {
        if (random.NextFloat() >= probability) return;
        (int height, int width) = (batch.Height, batch.Width);
        float side = MathF.Sqrt(random.NextFloat());
        Box box = Box.About(random.Next(height), random.Next(width), (int)(height * side), (int)(width * side), height, width);
        int[] partners = [.. Enumerable.Range(0, batch.Count)];
        random.Shuffle(partners);
        for (int i = 0; i < partners.Length; i++) batch.Draws[i] = batch.Draws[i] with { Partner = partners[i], Mix = box };
        float share = 1f - (float)box.Area / (height * width);
        batch.SecondLabels = [.. partners.Select(partner => batch.Labels[partner])];
        batch.Shares = [.. partners.Select(_ => share)];
    }
}
