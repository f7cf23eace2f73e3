using System.Buffers.Binary;
using Idsnn.Datasets;

namespace Idsnn.Tests.Datasets;

public class ImageFileTests
{
    private TemporaryFolder folder = null!;

    [SetUp]
    public void MakeFolder() => folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => folder.Dispose();

    [TestCase("rgb.png", 0)]
    [TestCase("grey.png", 0)]
    [TestCase("alpha.png", 0)]
    [TestCase("grey-alpha.png", 0)]
    [TestCase("palette.png", 0)]
    [TestCase("bits.png", 0)]
    [TestCase("rgb.bmp", 0)]
    [TestCase("rgb.jpg", 3)] // decoders round the cosine transform and the colours differently
    [TestCase("grey.jpg", 2)]
    [TestCase("rgb16.png", 0)] // the upper of two bytes
    public void EveryKindDecodesAsPilDoes(string name, int tolerance)
    {
        RgbImage actual = Recorded.Image($"decode/{name}"), expected = Recorded.Image($"decode/{name}.expected.png");

        Assert.That((actual.Height, actual.Width), Is.EqualTo((expected.Height, expected.Width)));
        Assert.That(actual.Pixels.Zip(expected.Pixels, (a, e) => Math.Abs(a - e)).Max(), Is.LessThanOrEqualTo(tolerance));
    }

    [Test]
    public void TheFirstByteIsRedAtTheTopLeft()
    {
        byte[] bmp =
        [
            .. "BM"u8, 66, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 1, 0, 24, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0,
            0,
            0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 8, 9, 0, /* the lowest row comes first, blue before red */ 3, 2, 1, 0,
        ];
        File.WriteAllBytes(folder.File("image.anything"), bmp);

        RgbImage image = ImageFile.Load(folder.File("image.anything"));

        Assert.That((image.Height, image.Width), Is.EqualTo((2, 1)));
        Assert.That(image.Pixels, Is.EqualTo(new byte[] { 1, 2, 3, 9, 8, 7 }));
    }

    [TestCase(1, 1)]
    [TestCase(32, 32)]
    [TestCase(7, 300)]
    public void WhatIsEncodedDecodesToItself(int height, int width)
    {
        var image = new RgbImage([.. Enumerable.Range(0, height * width * 3).Select(i => (byte)(i * i % 253))], height, width);
        File.WriteAllBytes(folder.File("a.png"), ImageFile.EncodePng(image));

        RgbImage read = ImageFile.Load(folder.File("a.png"));

        Assert.That((read.Height, read.Width), Is.EqualTo((height, width)));
        Assert.That(read.Pixels, Is.EqualTo(image.Pixels));
    }

    /// <summary>
    /// ImageSharp repeats colours that were sampled at every other pixel, where PIL interpolates them; scaled down, little of it is left.
    /// </summary>
    [Test]
    public void APhotoScaledDownIsNearlyPils()
    {
        int[] distances = [.. ImageFile.Load(Recorded.PathOf("photo.jpg")).Square(32).Pixels
            .Zip(Recorded.Image("photo-32.png").Pixels, (a, e) => Math.Abs(a - e))];

        Assert.That(distances.Max(), Is.LessThanOrEqualTo(3));
        Assert.That(distances.Average(), Is.LessThan(0.2));
    }

    /// <summary>What lies before a BMP's pixels, and its palette, are allocated as large as the header says.</summary>
    [TestCase(10, int.MaxValue - 1000, TestName = "ABmpWhosePixelsBeginBehindItsEndIsRefused")]
    [TestCase(46, 1 << 28, TestName = "ABmpOfTooManyColoursIsRefused")]
    public void ABmpThatDeclaresTooMuchIsRefused(int at, int value)
    {
        byte[] file = File.ReadAllBytes(Recorded.PathOf("decode/rgb.bmp"));
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(at), value);
        long before = GC.GetAllocatedBytesForCurrentThread();

        Failure.Says<InvalidDataException>(
            "'x.bmp' is damaged, or of a kind of PNG, JPEG or BMP that cannot be read (it says no size)",
            () => ImageFile.Decode(file, "x.bmp"));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1 << 20));
    }

    [Test]
    public void BytesStreamsAndPathsGiveTheSame([Values("rgb.png", "rgb.jpg", "rgb.bmp", "rgb16.png")] string name)
    {
        string path = Recorded.PathOf($"decode/{name}");
        byte[] bytes = File.ReadAllBytes(path);
        using var stream = new MemoryStream(bytes);

        Assert.That(ImageFile.Decode(bytes, name).Pixels, Is.EqualTo(ImageFile.Load(path).Pixels));
        Assert.That(ImageFile.Decode(stream, name).Pixels, Is.EqualTo(ImageFile.Load(path).Pixels));
    }

    [Test]
    public void AJpegThatLacksOnlyItsEndMarkerIsRead()
    {
        File.WriteAllBytes(folder.File("a.jpg"), File.ReadAllBytes(Recorded.PathOf("decode/rgb.jpg"))[..^2]);

        Assert.That(ImageFile.Load(folder.File("a.jpg")).Pixels, Is.EqualTo(Recorded.Image("decode/rgb.jpg").Pixels));
    }

    [Test]
    public void AMissingFileIsNamed() => Assert.That(
        () => ImageFile.Load(folder.File("none.png")),
        Throws.InstanceOf<FileNotFoundException>().With.Message.EqualTo($"there is no image file '{folder.File("none.png")}'"));

    [TestCase("")]
    [TestCase("neither picture nor photograph")]
    public void AnotherKindOfFileIsNamed(string content)
    {
        File.WriteAllText(folder.File("a.png"), content);

        Assert.That(
            () => ImageFile.Load(folder.File("a.png")),
            Throws.InstanceOf<InvalidDataException>().With.Message.EqualTo($"'{folder.File("a.png")}' is no PNG, JPEG or BMP file"));
    }

    [TestCase("/dev/zero")]
    [TestCase("/dev/null")]
    [TestCase("pipe.png")]
    [Platform("Linux", Reason = "it has such files")]
    [CancelAfter(10_000)]
    public async Task WhatNeverEndsIsNoImage(string path, CancellationToken cancellation)
    {
        if (!Path.IsPathRooted(path))
        {
            path = folder.File(path);
            using var make = System.Diagnostics.Process.Start("mkfifo", [path]);
            await make.WaitForExitAsync(cancellation);
        }

        var reading = Task.Run(() => Assert.Throws<InvalidDataException>(() => ImageFile.Load(path)), cancellation);
        Exception? error = await reading.WaitAsync(cancellation);

        Assert.That(error!.Message, Is.EqualTo($"'{path}' is no PNG, JPEG or BMP file"));
    }

    [Test]
    public void AnImageRecognisedByNothingButItsSizeIsNoImage()
    {
        // A Targa file: the decoder would take almost any bytes for one.
        File.WriteAllBytes(folder.File("a.png"), [0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 24, 0, 1, 2, 3]);

        Assert.That(() => ImageFile.Load(folder.File("a.png")), Throws.InstanceOf<InvalidDataException>());
    }

    [Test]
    public void DamageIsRefusedOrHarmless([Values("rgb.png", "palette.png", "rgb.jpg", "rgb.bmp")] string name, [Values] bool cut)
    {
        byte[] file = File.ReadAllBytes(Recorded.PathOf($"decode/{name}"));
        string path = folder.File("damaged");
        int refused = 0;
        for (int at = 8; at < file.Length; at += name == "rgb.jpg" ? 13 : 3)
        {
            byte[] damaged = cut ? file[..at] : [.. file];
            if (!cut) damaged[at] ^= (byte)(1 << (at % 8));
            File.WriteAllBytes(path, damaged);
            try
            {
                ImageFile.Load(path);
            }
            catch (InvalidDataException e)
            {
                Assert.That(e.Message, Does.StartWith($"'{path}' ").And.Not.Contain("\n"));
                refused++;
            }
        }

        Assert.That(refused, Is.GreaterThan(0));
    }
}
