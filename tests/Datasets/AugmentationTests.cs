using Idsnn.Datasets;

namespace Idsnn.Tests.Datasets;

public class AugmentationTests
{
    private const int Height = 9, Width = 11, Channels = 2;
    private const int Pad = Augmentation.Padding;

    private static readonly float[] Mean = [0.25f, 0.5f];
    private static readonly float[] Std = [0.5f, 2f];

    private static readonly ImageSet Images = new(
        [.. Enumerable.Range(0, 50 * Height * Width * Channels).Select(i => (byte)(i * i % 251 + 1))],
        new int[50],
        Height,
        Width,
        Channels);

    [Test]
    public void NoneOnlyNormalises()
    {
        float[] actual = Load(Augmentation.None, epoch: 3)[7];

        Assert.That(actual[1], Is.EqualTo((Images.Image(7)[1] / 255f - 0.5f) / 2f).Within(1e-6f));
    }

    [TestCase(true, true)]
    [TestCase(true, false)]
    [TestCase(false, true)]
    public void EachImageIsOneOfItsCropsAndMirrorImages(bool crop, bool flip)
    {
        (int Top, int Left, bool Mirror)[] all =
        [
            .. from top in Enumerable.Range(crop ? -Pad : 0, crop ? 2 * Pad + 1 : 1)
               from left in Enumerable.Range(crop ? -Pad : 0, crop ? 2 * Pad + 1 : 1)
               from mirror in flip ? new[] { false, true } : [false]
               select (top, left, mirror),
        ];
        var references = Enumerable.Range(0, Images.Count)
            .Select(i => all.ToDictionary(draw => draw, draw => Reference(i, draw))).ToArray();
        var seen = new HashSet<(int, int, bool)>();
        for (int epoch = 0; epoch < 20; epoch++)
        {
            float[][] actual = Load(new Augmentation(crop, flip), epoch);
            for (int i = 0; i < actual.Length; i++)
            {
                int sample = i;
                var matches = all.Where(draw => actual[sample].AsSpan().SequenceEqual(references[sample][draw])).ToArray();
                Assert.That(matches, Has.Length.EqualTo(1), $"epoch {epoch}, image {i}");
                seen.Add(matches[0]);
            }
        }

        // A thousand draws leave hardly one of 162 out.
        Assert.That(seen, Has.Count.GreaterThan(all.Length * 95 / 100));
    }

    [Test]
    public void DrawsDependOnSeedEpochAndSampleAlone()
    {
        var draws = Enumerable.Range(0, 200).Select(i => Draw(Augmentation.CropFlip, 1, 2, i)).ToArray();

        Assert.That(Enumerable.Range(0, 200).Select(i => Draw(Augmentation.CropFlip, 1, 2, i)), Is.EqualTo(draws));
        Assert.That(Enumerable.Range(0, 200).Select(i => Draw(Augmentation.CropFlip, 2, 2, i)), Is.Not.EqualTo(draws));
        Assert.That(Enumerable.Range(0, 200).Select(i => Draw(Augmentation.CropFlip, 1, 3, i)), Is.Not.EqualTo(draws));
        Assert.That(draws.Count(d => d.Mirror), Is.InRange(70, 130));
        Assert.That(draws.Distinct().Count(), Is.GreaterThan(80));
    }

    [Test]
    public void SwitchingOneOffLeavesTheOther()
    {
        (int top, int left, bool mirror) = Draw(Augmentation.CropFlip, 0, 0, 1);

        Assert.That(Draw(new Augmentation(Crop: true, Flip: false), 0, 0, 1), Is.EqualTo((top, left, false)));
        Assert.That(Draw(new Augmentation(Crop: false, Flip: true), 0, 0, 1), Is.EqualTo((0, 0, mirror)));
        Assert.That(Draw(Augmentation.None, 0, 0, 1), Is.EqualTo((0, 0, false)));
    }

    private static (int Top, int Left, bool Mirror) Draw(Augmentation augmentation, ulong seed, int epoch, int sample)
    {
        ImageDraw draw = augmentation.Draw(Height, Width, seed, epoch, sample);
        return (draw.Top, draw.Left, draw.Mirror);
    }

    private static float[][] Load(Augmentation augmentation, int epoch)
    {
        var loader = new BatchLoader(Images, Images.Count, augmentation, shuffle: false, seed: 4, workers: 0);
        return [.. ImageReference.Images(loader.Epoch(epoch).Single(), Mean, Std).Chunk(Images.ImageBytes)];
    }

    private static float[] Reference(int image, (int Top, int Left, bool Mirror) draw) =>
        ImageReference.Place(Images.Image(image), new ImageDraw(draw.Top, draw.Left, draw.Mirror), Height, Width, Mean, Std);
}
