using System.Buffers.Binary;
using System.IO.Compression;
using Idsnn.Datasets;

namespace Idsnn.Tests.Datasets;

/// <summary>Small files that declare, or unpack to, more than there is: refused before anything of that size is allocated.</summary>
public class ImageLimitTests
{
    private const string Damaged = "'x' is damaged, or of a kind of PNG, JPEG or BMP that cannot be read (";

    [TestCase(20000, 20000)]
    [TestCase(8001, 8000)]
    [TestCase(65535, 65535)]
    public void TooManyPixelsAreRefused(int width, int height)
    {
        foreach (byte[] file in (byte[][])[Png(width, height), Jpeg(width, height), Bmp(width, height)])
        {
            IsRefused(
                file,
                $"'x' has {width}×{height} pixels in {file.Length} bytes; "
                + "at most 64000000 pixels and 512000000 bytes are read");
        }
    }

    [TestCase(int.MaxValue, int.MaxValue)]
    [TestCase(int.MaxValue, 1)]
    public void NumbersAtTheEndOfTheirRangeAreRefused(int width, int height)
    {
        IsRefused(Png(width, height), $"'x' has {width}×{height} pixels in ");
        IsRefused(Bmp(width, height), $"'x' has {width}×{height} pixels in ");
        IsRefused(Bmp(width, -height), $"'x' has {width}×{height} pixels in ");
        IsRefused(Bmp(int.MaxValue, int.MinValue), $"'x' has {int.MaxValue}×2147483648 pixels in ");
    }

    [TestCase(0, 5)]
    [TestCase(5, 0)]
    public void AnImageWithoutPixelsIsRefused(int width, int height)
    {
        foreach (byte[] file in (byte[][])[Png(width, height), Jpeg(width, height), Bmp(width, height), Bmp(-1, 5), Png(-1, 5)])
        {
            IsRefused(file, Damaged + "it says no size)");
        }
    }

    [Test]
    public void AFileTooShortForItsPixelsIsRefused()
    {
        foreach (byte[] file in (byte[][])[Png(8000, 8000), Jpeg(8000, 8000), Bmp(8000, 8000)])
        {
            IsRefused(file, $"{Damaged}its header says 8000×8000 pixels, which do not fit into {file.Length} bytes)");
        }
    }

    [Test]
    public void AHeaderThatIsCutIsRefused()
    {
        foreach (byte[] file in (byte[][])[Png(9, 9), Jpeg(9, 9), Bmp(9, 9)])
        {
            for (int length = 0; length < 26; length++)
            {
                using var stream = new MemoryStream(file[..length]);
                Assert.That(() => ImageFile.Decode(stream, "x"), Throws.InstanceOf<InvalidDataException>(), $"{length} bytes");
            }
        }
    }

    [Test]
    public void AChunkLongerThanItsFileIsRefused()
    {
        byte[] file = Png(9, 9);
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(33), 1 << 30);

        IsRefused(file, Damaged + "it ends too early)");
    }

    /// <summary>The length of a chunk of which hardly more than the length is there; the decoder took half a gigabyte for it.</summary>
    [Test]
    public void AChunkThatBreaksOffIsRefused()
    {
        byte[] file = Png(9, 9)[..43];
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(33), 1 << 28);

        IsRefused(file, Damaged + "it ends too early)");
    }

    [Test]
    public void DataThatUnpackToTooMuchAreRefused([Values] bool apple)
    {
        using var packed = new MemoryStream();
        const CompressionLevel level = CompressionLevel.SmallestSize;
        using (Stream pack = apple ? new DeflateStream(packed, level, true) : new ZLibStream(packed, level, true))
        {
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 300; i++) pack.Write(zeros);
        }

        IsRefused(Png(9, 9, packed.ToArray(), apple), Damaged + "its data unpack to more than 1049890 bytes, for 9×9 pixels)");
    }

    [Test]
    public void TheWordsOfADecoderAreSafe()
    {
        byte[] file = Png(9, 9, new byte[20]);
        file.AsSpan(37, 4).Fill(0x1B); // a chunk of no known name

        string message = IsRefused(file, Damaged);
        Assert.That(SafeText.IsSafe(message), Is.True);
        Assert.That(
            () => ImageFile.Decode(new MemoryStream(new byte[9]), "a\u001B\n"),
            Throws.InstanceOf<InvalidDataException>().With.Message.EqualTo(@"'a\u001B\u000A' is no PNG, JPEG or BMP file"));
    }

    private static string IsRefused(byte[] file, string message)
    {
        using var stream = new MemoryStream(file);
        long before = GC.GetAllocatedBytesForCurrentThread();
        string said = Assert.Throws<InvalidDataException>(() => ImageFile.Decode(stream, "x"))!.Message;
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(4_000_000));
        Assert.That(said, Does.StartWith(message));
        return said;
    }

    private static byte[] Png(int width, int height, byte[]? data = null, bool apple = false)
    {
        byte[] size = new byte[8];
        BinaryPrimitives.WriteInt32BigEndian(size, width);
        BinaryPrimitives.WriteInt32BigEndian(size.AsSpan(4), height);
        return
        [
            0x89, .. "PNG\r\n"u8, 0x1A, (byte)'\n', .. apple ? Chunk("CgBI"u8, [0x50, 0, 0x20, 2]) : [],
            .. Chunk("IHDR"u8, [.. size, 8, 2, 0, 0, 0]), .. Chunk("IDAT"u8, data ?? new byte[20]), .. Chunk("IEND"u8, []),
        ];
    }

    private static byte[] Chunk(ReadOnlySpan<byte> name, byte[] data)
    {
        byte[] chunk = [0, 0, 0, 0, .. name, .. data, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        return chunk;
    }

    /// <summary>Some segment, bytes to fill, and a frame of three components, the first sampled twice as densely.</summary>
    private static byte[] Jpeg(int width, int height) =>
    [
        0xFF, 0xD8, 0xFF, 0xFE, 0, 4, 0xFF, 0xC0, 0, 0xFF, 0xFF, 0xC0, 0, 17, 8,
        (byte)(height >> 8), (byte)height, (byte)(width >> 8), (byte)width, 3, 1, 0x22, 0, 2, 0x11, 0, 3, 0x11, 0, 0xFF, 0xDA,
    ];

    private static byte[] Bmp(int width, int height)
    {
        byte[] file = new byte[70];
        "BM"u8.CopyTo(file);
        (file[10], file[14], file[26], file[28]) = (54, 40, 1, 24);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(18), width);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(22), height);
        return file;
    }
}
