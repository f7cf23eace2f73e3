using Idsnn.Datasets;

namespace Idsnn.Tests.Datasets;

public class AugmentationPolicyTests
{
    // Cubuk et al. 2019, table 7: operation, probability, magnitude out of 10.
    private const string Table = """
        Invert 0.1 7 Contrast 0.2 6
        Rotate 0.7 2 TranslateX 0.3 9
        Sharpness 0.8 1 Sharpness 0.9 3
        ShearY 0.5 8 TranslateY 0.7 9
        AutoContrast 0.5 8 Equalize 0.9 2
        ShearY 0.2 7 Posterize 0.3 7
        Colour 0.4 3 Brightness 0.6 7
        Sharpness 0.3 9 Brightness 0.7 9
        Equalize 0.6 5 Equalize 0.5 1
        Contrast 0.6 7 Sharpness 0.6 5
        Colour 0.7 7 TranslateX 0.5 8
        Equalize 0.3 7 AutoContrast 0.4 8
        TranslateY 0.4 3 Sharpness 0.2 6
        Brightness 0.9 6 Colour 0.2 8
        Solarize 0.5 2 Invert 0.0 3
        Equalize 0.2 0 AutoContrast 0.6 0
        Equalize 0.2 8 Equalize 0.6 4
        Colour 0.9 9 Equalize 0.6 6
        AutoContrast 0.8 4 Solarize 0.2 8
        Brightness 0.1 3 Colour 0.7 0
        Solarize 0.4 5 AutoContrast 0.9 3
        TranslateY 0.9 9 TranslateY 0.7 9
        AutoContrast 0.9 2 Solarize 0.8 3
        Equalize 0.8 8 Invert 0.1 3
        TranslateY 0.7 9 AutoContrast 0.9 1
        """;

    // torchvision's _augmentation_space for an image of 20×24: the magnitudes of a tenth of the levels, and whether they have a sign.
    private static readonly Dictionary<ImageOperation, (double First, double Last, bool Signed)> Space = new()
    {
        [ImageOperation.ShearX] = (0, 0.3, true),
        [ImageOperation.ShearY] = (0, 0.3, true),
        [ImageOperation.TranslateX] = (0, 10.876132930513595, true),
        [ImageOperation.TranslateY] = (0, 9.06344410876133, true),
        [ImageOperation.Rotate] = (0, 30, true),
        [ImageOperation.Brightness] = (0, 0.9, true),
        [ImageOperation.Colour] = (0, 0.9, true),
        [ImageOperation.Contrast] = (0, 0.9, true),
        [ImageOperation.Sharpness] = (0, 0.9, true),
        [ImageOperation.Solarize] = (255, 0, false),
        [ImageOperation.AutoContrast] = (0, 0, false),
        [ImageOperation.Equalize] = (0, 0, false),
        [ImageOperation.Invert] = (0, 0, false),
        [ImageOperation.Identity] = (0, 0, false),
    };

    private static readonly int[] Bits = [8, 8, 7, 7, 6, 6, 5, 5, 4, 4];

    [Test]
    public void MagnitudesAreTorchvisions([Range(0, 9)] int level)
    {
        foreach (var (operation, (first, last, _)) in Space)
        {
            Assert.That(
                AugmentationPolicy.MagnitudeAt(operation, level, 9, ImageOperationsTests.Picture),
                Is.EqualTo(first + ((last - first) * level / 9)).Within(1e-12),
                operation.ToString());
        }

        Assert.That(
            AugmentationPolicy.MagnitudeAt(ImageOperation.Posterize, level, 9, ImageOperationsTests.Picture), Is.EqualTo(Bits[level]));
    }

    [Test]
    public void AutoAugmentDrawsFromThePublishedTable()
    {
        string[][] rows = [.. Table.Split('\n').Select(row => row.Split(' '))];
        var seen = new HashSet<(int, int)>();
        for (ulong sample = 0; sample < 1500; sample++)
        {
            var random = new SplitMix64(1, sample);
            RgbImage expected = ImageOperationsTests.Picture, actual = ImageOperationsTests.Picture;
            int pair = random.Next(25);
            for (int i = 0; i < 2; i++)
            {
                string[] row = rows[pair];
                bool happens = random.Next(10) < Math.Round(10 * double.Parse(row[(3 * i) + 1])), negative = random.Next(2) == 0;
                if (!happens) continue;
                seen.Add((pair, i));
                Apply(Enum.Parse<ImageOperation>(row[3 * i]), int.Parse(row[(3 * i) + 2]), 9, negative, expected);
            }

            random = new SplitMix64(1, sample);
            new AutoAugment().Apply(actual, ref random);
            Assert.That(actual.Pixels, Is.EqualTo(expected.Pixels), $"sample {sample}, {string.Join(' ', rows[pair])}");
        }

        Assert.That(seen, Has.Count.EqualTo((2 * 25) - 1), "all but the inversion of probability 0");
    }

    [TestCase(1, 0)]
    [TestCase(2, 9)]
    [TestCase(3, 30)]
    public void RandAugmentDrawsItsOperationsAtItsMagnitude(int operations, int magnitude)
    {
        var seen = new HashSet<ImageOperation>();
        for (ulong sample = 0; sample < 300; sample++)
        {
            var random = new SplitMix64(1, sample);
            RgbImage expected = ImageOperationsTests.Picture, actual = ImageOperationsTests.Picture;
            for (int i = 0; i < operations; i++)
            {
                var operation = (ImageOperation)random.Next(14);
                seen.Add(operation);
                Apply(operation, magnitude, 30, random.Next(2) == 0, expected);
            }

            random = new SplitMix64(1, sample);
            new RandAugment(operations, magnitude).Apply(actual, ref random);
            Assert.That(actual.Pixels, Is.EqualTo(expected.Pixels), $"sample {sample}");
        }

        Assert.That(seen, Is.EquivalentTo(Enum.GetValues<ImageOperation>().Except([ImageOperation.Invert])));
    }

    [Test]
    public void RandAugmentsNumbersAreChecked()
    {
        Assert.That(new RandAugment(), Is.EqualTo(new RandAugment(2, 9)));
        Assert.That(() => new RandAugment(0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new RandAugment(2, -1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new RandAugment(2, 31), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    private static void Apply(ImageOperation operation, int level, int most, bool negative, RgbImage image)
    {
        double magnitude = operation == ImageOperation.Posterize ? 8 - Math.Round(level * 4.0 / most)
            : Space[operation].First + ((Space[operation].Last - Space[operation].First) * level / most);
        bool signed = operation != ImageOperation.Posterize && Space[operation].Signed;
        ImageOperations.Apply(operation, signed && negative ? -magnitude : magnitude, image);
    }
}
