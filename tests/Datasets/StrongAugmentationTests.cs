using Idsnn.Datasets;

namespace Idsnn.Tests.Datasets;

/// <summary>Policies, Cutout and CutMix in the batches that a loader makes.</summary>
public class StrongAugmentationTests
{
    private const int Height = 8, Width = 10;

    // Image i is of class i and of colour i + 1 everywhere.
    private static readonly ImageSet Plain = new(
        [.. Enumerable.Range(0, 64).SelectMany(i => Enumerable.Repeat((byte)(i + 1), Height * Width * 3))], [.. Enumerable.Range(0, 64)],
        Height, Width, 3);

    private static readonly Dataset Drawn = Synthetic.Create(40, 10, 16);

    [Test]
    public void ThePolicyComesBetweenCropAndNormalisation()
    {
        var random = new SplitMix64(3, Streams.Policy, 2, 5);
        var image = new RgbImage(Bytes(Load(Drawn.Train, Augmentation.CropFlip, epoch: 2), 5), 16, 16);
        new AutoAugment().Apply(image, ref random);

        byte[] actual = Bytes(Load(Drawn.Train, Augmentation.CropFlip with { Policy = new AutoAugment() }, epoch: 2), 5);

        Assert.That(actual, Is.EqualTo(image.Pixels));
    }

    [Test]
    public void PoliciesFollowSeedEpochAndSample()
    {
        var augmentation = new Augmentation(false, false, new RandAugment(2, 20));
        float[] first = Load(Drawn.Train, augmentation, 0);

        Assert.That(Load(Drawn.Train, augmentation, 0), Is.EqualTo(first));
        Assert.That(Load(Drawn.Train, augmentation, 1), Is.Not.EqualTo(first));
        Assert.That(Load(Drawn.Train, augmentation, 0, seed: 4), Is.Not.EqualTo(first));
    }

    [TestCase(4)]
    [TestCase(3)]
    [TestCase(30)]
    public void CutoutClearsASquareAboutARandomPixel(int side)
    {
        var seen = new HashSet<(int, int)>();
        for (int epoch = 0; epoch < 15; epoch++)
        {
            float[] images = Load(Plain, Augmentation.None with { Cutout = side }, epoch);
            for (int i = 0; i < Plain.Count; i++)
            {
                bool[] cleared = Cleared(images, i);
                (int, int)[] centres = [.. Loop.Over(Height, Width).Where(at => cleared.SequenceEqual(Square(at.I, at.J, side)))];
                Assert.That(centres, Is.Not.Empty, $"epoch {epoch}, image {i}");
                seen.UnionWith(centres);
            }
        }

        Assert.That(seen, Has.Count.EqualTo(Height * Width), "every pixel is the middle of one, those on the border too");
    }

    [Test]
    public void CutoutClearsToTheMeanColour()
    {
        float[] whole = Load(Drawn.Train, Augmentation.CropFlip, 1), cut = Load(Drawn.Train, Augmentation.CropFlip with { Cutout = 6 }, 1);

        int cleared = 0;
        for (int i = 0; i < whole.Length; i++)
        {
            if (cut[i] != whole[i]) cleared++;
            Assert.That(cut[i] == whole[i] || cut[i] == 0f, Is.True);
        }

        Assert.That(cleared, Is.InRange(40 * 3 * 12, 40 * 3 * 36));
    }

    [Test]
    public void CutMixPastesABoxOfAnotherImageAndSharesTheLabelByArea()
    {
        var shares = new List<float>();
        for (int epoch = 0; epoch < 40; epoch++)
        {
            Batch batch = Whole(Plain, Augmentation.None with { CutMix = 1f }, epoch);
            float[] images = ImageReference.Scaled(batch);
            bool[]? box = null;
            Assert.That(batch.SecondLabels, Is.EquivalentTo(batch.Labels), "each image gives its box once");
            for (int i = 0; i < batch.Count; i++)
            {
                // Colours are classes, so each value tells whose pixel it is.
                byte[] colours = Bytes(images, i);
                bool[] pasted = [.. colours.Select(colour => colour != batch.Labels[i] + 1)];
                if (batch.SecondLabels![i] == batch.Labels[i])
                {
                    Assert.That(pasted, Is.All.False);
                    continue;
                }

                box ??= pasted;
                Assert.That(pasted, Is.EqualTo(box), "one box for the whole batch");
                Assert.That(colours.Where((_, at) => pasted[at]), Is.All.EqualTo((byte)(batch.SecondLabels[i] + 1)));
                Assert.That(batch.Shares![i], Is.EqualTo(1 - ((double)pasted.Count(p => p) / pasted.Length)).Within(1e-6));
            }

            Assert.That(IsBox(box!), Is.True);
            shares.Add(batch.Shares![0]);
        }

        // Uniform before boxes are clipped, which leaves more of the image.
        Assert.That(shares.Average(), Is.InRange(0.5, 0.8));
        Assert.That(shares.Min(), Is.LessThan(0.4));
        Assert.That(shares.Max(), Is.GreaterThan(0.9));
    }

    [TestCase(0f)]
    [TestCase(0.3f)]
    [TestCase(1f)]
    public void BatchesAreMixedWithTheProbability(float probability)
    {
        var loader = new BatchLoader(Plain, 2, Augmentation.None with { CutMix = probability }, true, 5, workers: 0);
        var batches = Enumerable.Range(0, 10).SelectMany(loader.Epoch).Select(b => (b.SecondLabels, b.Shares)).ToArray();

        Assert.That(batches.Count(b => b.Shares is not null) / 320.0, Is.EqualTo(probability).Within(0.1));
        Assert.That(
            batches.Select(b => b.Shares is null), Is.EqualTo(batches.Select(b => b.SecondLabels is null)), "reused batches forget");
    }

    [Test]
    public void MixedBatchesDependOnSeedEpochAndIndexAlone()
    {
        var augmentation = new Augmentation(true, true, new AutoAugment(), 8, 0.5f);
        float[][] Run(int workers, int prefetch, params int[] epochs)
        {
            var loader = new BatchLoader(Drawn.Train, 7, augmentation, true, 9, workers, prefetch);
            return
            [
                .. epochs.SelectMany(loader.Epoch).Select(b => (float[])
                    [.. ImageReference.Scaled(b), .. b.Labels, .. b.SecondLabels?.Select(l => (float)l) ?? [], .. b.Shares ?? []]),
            ];
        }

        float[][] expected = Run(0, 1, 0, 1, 2);
        Assert.That(Run(3, 5, 0, 1, 2), Is.EqualTo(expected));
        Assert.That(Run(2, 4, 2), Is.EqualTo(expected[12..]));
    }

    [Test]
    public void OptionsAreChecked()
    {
        var grey = new ImageSet(new byte[4], [0], 2, 2, 1);
        BatchLoader Loader(ImageSet set, Augmentation augmentation) =>
            new(set, 1, augmentation, false, 0);

        Failure.Says("Augmentation: Cutout's side must be at least 0, got -1", () => Loader(Plain, Augmentation.None with { Cutout = -1 }));
        Failure.Says("Augmentation: CutMix is a probability, got 1.5", () => Loader(Plain, Augmentation.None with { CutMix = 1.5f }));
        Failure.Says("Augmentation: CutMix is a probability, got NaN", () => Loader(Plain, Augmentation.None with { CutMix = float.NaN }));
        Failure.Says(
            "Augmentation: policies are for images of 3 channels, got 1",
            () => Loader(grey, Augmentation.None with { Policy = new AutoAugment() }));
    }

    /// <summary>The whole set as one batch, in its order, whose numbers are bytes / 255.</summary>
    private static float[] Load(ImageSet set, Augmentation augmentation, int epoch, ulong seed = 3) =>
        ImageReference.Scaled(Whole(set, augmentation, epoch, seed));

    private static Batch Whole(ImageSet set, Augmentation augmentation, int epoch, ulong seed = 3) =>
        new BatchLoader(set, set.Count, augmentation, shuffle: false, seed, workers: 0).Epoch(epoch).Single();

    private static byte[] Bytes(float[] images, int image)
    {
        int size = images.Length / (images.Length == 40 * 16 * 16 * 3 ? 40 : 64);
        return [.. images.AsSpan(image * size, size).ToArray().Select(x => (byte)MathF.Round(x * 255))];
    }

    private static bool[] Cleared(float[] images, int image)
    {
        float[][] pixels = [.. images.AsSpan(image * Height * Width * 3, Height * Width * 3).ToArray().Chunk(3)];
        Assert.That(pixels, Is.All.Matches<float[]>(p => p!.All(x => x == 0f) || p!.All(x => x == (image + 1) / 255f)));
        return [.. pixels.Select(p => p[0] == 0f)];
    }

    private static bool[] Square(int y, int x, int side) =>
    [
        .. Loop.Over(Height, Width).Select(at =>
            at.I >= y - (side / 2) && at.I < y - (side / 2) + side && at.J >= x - (side / 2) && at.J < x - (side / 2) + side),
    ];

    /// <summary>Whether what is set, of [Height, Width, 3], fills a rectangle.</summary>
    private static bool IsBox(bool[] set)
    {
        var at = Enumerable.Range(0, set.Length).Where(i => set[i]).Select(i => (Y: i / (Width * 3), X: i / 3 % Width)).ToArray();
        if (at.Length == 0) return true;
        int height = at.Max(p => p.Y) - at.Min(p => p.Y) + 1, width = at.Max(p => p.X) - at.Min(p => p.X) + 1;
        return at.Length == height * width * 3;
    }
}
