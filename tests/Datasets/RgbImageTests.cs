using Idsnn.Datasets;

namespace Idsnn.Tests.Datasets;

public class RgbImageTests
{
    [TestCase("45x31", 32)]
    [TestCase("45x31", 8)]
    [TestCase("45x31", 31)]
    [TestCase("20x53", 32)]
    [TestCase("20x53", 9)]
    [TestCase("20x53", 20)]
    [TestCase("8x8", 32)]
    [TestCase("8x8", 3)]
    [TestCase("9x8", 8)] // half a pixel to either side of the middle
    [TestCase("11x8", 8)]
    public void SquaresAreThoseOfTorchvision(string source, int size)
    {
        RgbImage expected = Recorded.Image($"square/{source}-{size}.png"), actual = Recorded.Image($"square/{source}.png").Square(size);

        Assert.That((actual.Height, actual.Width), Is.EqualTo((size, size)));
        Assert.That(actual.Pixels, Is.EqualTo(expected.Pixels));
    }

    [Test]
    public void ShrinkingByAWholeNumberWeighsByDistance()
    {
        // Along a row 0 0 0 4·16 0 0 0 0, halved: a triangle of four pixels, weights 1 3 3 1 of 8.
        var image = new RgbImage([.. Enumerable.Range(0, 64).SelectMany(i => Enumerable.Repeat((byte)(i % 8 == 3 ? 64 : 0), 3))], 8, 8);

        byte[] row = image.Square(4).Pixels[..12];

        Assert.That(row, Is.EqualTo(new byte[] { 0, 0, 0, 24, 24, 24, 8, 8, 8, 0, 0, 0 }));
    }

    [Test]
    public void AnEvenColourStaysThatColour([Values(1, 5, 32, 77)] int size)
    {
        var image = new RgbImage([.. Enumerable.Range(0, 31 * 45 * 3).Select(i => (byte)(i % 3 * 127))], 31, 45);

        Assert.That(image.Square(size).Pixels, Is.EqualTo(Enumerable.Range(0, size * size * 3).Select(i => i % 3 * 127)));
    }

    [Test]
    public void AnImageOfThatSizeIsItself()
    {
        var image = new RgbImage([.. Enumerable.Range(0, 32 * 32 * 3).Select(i => (byte)(i * i))], 32, 32);

        Assert.That(image.Square(32).Pixels, Is.EqualTo(image.Pixels));
    }

    [Test]
    public void TheMiddleOfALongStripIsFound([Values] bool upright)
    {
        // All but the middle is black; taking every row would need 3 GB.
        const int Length = 2_000_001, Middle = Length / 2;
        byte[] pixels = new byte[Length * 3];
        pixels.AsSpan(Middle * 3, 3).Fill(200);
        var image = upright ? new RgbImage(pixels, Length, 1) : new RgbImage(pixels, 1, Length);

        RgbImage square = image.Square(512);

        Assert.That(square.Pixels.Max(), Is.EqualTo(200));
        Assert.That(square.Pixels[(256 * 512 + 256) * 3], Is.EqualTo(200));
    }

    [Test]
    public void WrongSizesAreRefused()
    {
        Assert.That(
            () => new RgbImage(new byte[5], 1, 2),
            Throws.ArgumentException.With.Message.StartsWith("RgbImage: [1,2,3] needs 6 bytes, got 5."));
        Assert.That(() => new RgbImage(new byte[6], 1, 2).Square(0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new RgbImage([], 0, 2), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }
}
