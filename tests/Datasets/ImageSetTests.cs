using Idsnn.Datasets;

namespace Idsnn.Tests.Datasets;

public class ImageSetTests
{
    private static readonly byte[] Pixels = [.. Enumerable.Range(0, 24).Select(i => (byte)(10 * i))];

    // Two images of [2,3,2].
    private static ImageSet Two() => new(Pixels, [7, 8], height: 2, width: 3, channels: 2);

    [Test]
    public void TakeGivesTheFirstImages()
    {
        ImageSet first = Two().Take(1);

        Assert.That(first.Count, Is.EqualTo(1));
        Assert.That(first.Pixels, Is.EqualTo(Pixels[..12]));
        Assert.That(first.Labels, Is.EqualTo(new[] { 7 }));
        Assert.That((first.Height, first.Width, first.Channels), Is.EqualTo((2, 3, 2)));
        Assert.That(Two().Take(2).Pixels, Is.EqualTo(Pixels));
    }

    [TestCase(0)]
    [TestCase(-1)]
    [TestCase(3)]
    public void TakeRefusesWhatIsNotThere(int n) =>
        Assert.That(() => Two().Take(n), Throws.InstanceOf<ArgumentException>().With.Message.Contains("ask for 1 to 2 of them"));

    [Test]
    public void ImageIsItsSliceOfThePixels()
    {
        Assert.That(Two().Image(1).ToArray(), Is.EqualTo(Pixels[12..]));
        Assert.That(() => Two().Image(2).ToArray(), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => Two().Image(-1).ToArray(), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void PixelsMustFitTheLabels() => Assert.That(
        () => new ImageSet(new byte[11], [0], 2, 3, 2),
        Throws.ArgumentException.With.Message.Contains("need 12 bytes, got 11"));

    [Test]
    public void StatisticsAreThoseOfEachChannel()
    {
        var set = new ImageSet([0, 255, 255, 51, 0, 51], [0], height: 1, width: 3, channels: 2);

        (float[] mean, float[] std) = set.Statistics();

        Assert.That(mean, Is.EqualTo(new[] { 1f / 3, 1.4f / 3 }).Within(1e-6f));
        Assert.That(std, Is.EqualTo(new[] { 0.47140452f, 0.37712362f }).Within(1e-6f));
        Assert.That(() => new ImageSet([], [], 1, 1, 1).Statistics(), Throws.InvalidOperationException);
    }
}
