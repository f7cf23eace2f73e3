using System.Globalization;
using Idsnn.Datasets;

namespace Idsnn.Tests.Datasets;

public class ImageOperationsTests
{
    private const int Height = 20, Width = 24;

    private static readonly string[] Lines = File.ReadAllLines(Recorded.PathOf("operations.txt"));
    private static readonly RgbImage[] Tiles =
        [.. Recorded.Image("operations.png").Pixels.Chunk(Height * Width * 3).Select(pixels => new RgbImage(pixels, Height, Width))];

    private static IEnumerable<TestCaseData> Cases() =>
        Lines.Select((line, i) => new TestCaseData(line, Tiles[i + 2]).SetArgDisplayNames(line));

    [TestCaseSource(nameof(Cases))]
    public void EveryOperationIsPilsToTheByte(string line, object expected)
    {
        string[] words = line.Split(' ');
        RgbImage image = Copy(Tiles[int.Parse(words[0])]);

        ImageOperations.Apply(Enum.Parse<ImageOperation>(words[1]), double.Parse(words[2], CultureInfo.InvariantCulture), image);

        Assert.That(image.Pixels, Is.EqualTo(((RgbImage)expected).Pixels));
    }

    [Test]
    public void EveryOperationIsRecorded()
    {
        Assert.That(Tiles, Has.Length.EqualTo(Lines.Length + 2));
        Assert.That(Lines.Select(line => line.Split(' ')[1]).Distinct(), Is.EqualTo(Enum.GetNames<ImageOperation>()));
    }

    [Test]
    public void AChannelOfOneValueHasNoContrastToStretch(
        [Values(nameof(ImageOperation.AutoContrast), nameof(ImageOperation.Equalize))] string name)
    {
        var image = new RgbImage([.. Enumerable.Range(0, 32 * 32 * 3).Select(i => (byte)(i % 3 == 1 ? i / 3 % 2 * 9 : 77))], 32, 32);

        ImageOperations.Apply(Enum.Parse<ImageOperation>(name), 0, image);

        Assert.That(image.Pixels.Where((_, i) => i % 3 != 1), Is.All.EqualTo(77));
        Assert.That(image.Pixels.Where((_, i) => i % 3 == 1).Distinct(), Is.EqualTo(new[] { 0, 255 }));
    }

    [Test]
    public void EqualizingRoundsToTheNearestStep()
    {
        // 1,024 pixels in steps of 3, for the brightest 256 do not count: (1024 − 256) / 255.
        byte[] values = [.. Enumerable.Range(0, 32 * 32).Select(i => (byte)(i < 256 ? 200 : i % 97))];
        var image = new RgbImage([.. values.SelectMany(value => Enumerable.Repeat(value, 3))], 32, 32);

        ImageOperations.Apply(ImageOperation.Equalize, 0, image);

        Assert.That(
            image.Pixels.Where((_, i) => i % 3 == 0),
            Is.EqualTo(values.Select(value => Math.Min((values.Count(v => v < value) + 1) / 3, 255))));
    }

    [Test]
    public void EqualizingManyEquallyFrequentValuesStopsAtWhite()
    {
        // 1,024 pixels in steps of 4: the values above 255 · 4 would overflow a byte.
        var image = new RgbImage(
            [.. Enumerable.Range(0, 32 * 32).SelectMany(i => Enumerable.Repeat((byte)(i < 4 ? 255 : i / 4), 3))], 32, 32);

        ImageOperations.Apply(ImageOperation.Equalize, 0, image);

        Assert.That(image.Pixels[9..12], Is.All.EqualTo(255));
    }

    [TestCase(1, 1)]
    [TestCase(2, 3)]
    public void ImagesWithoutAMiddleStayUnderSharpness(int height, int width)
    {
        var image = new RgbImage([.. Enumerable.Range(0, height * width * 3).Select(i => (byte)(i * 40))], height, width);
        byte[] before = [.. image.Pixels];

        ImageOperations.Apply(ImageOperation.Sharpness, 0.9, image);

        Assert.That(image.Pixels, Is.EqualTo(before));
    }

    public static RgbImage Copy(RgbImage image) => new([.. image.Pixels], image.Height, image.Width);

    /// <summary>A recorded picture of 20×24 pixels.</summary>
    public static RgbImage Picture => Copy(Tiles[0]);
}
