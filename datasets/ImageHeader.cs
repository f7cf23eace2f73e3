using System.Buffers.Binary;

namespace Idsnn.Datasets;

/// <summary>What a PNG, JPEG or BMP file says of itself before anything is decoded; it knows nothing of the decoder.</summary>
/// <param name="Kind">The kind of file.</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
/// <param name="LeastBytes">No whole file of this size and kind is shorter.</param>
internal sealed record ImageHeader(ImageKind Kind, long Width, long Height, long LeastBytes)
{
    /// <summary>Deflate makes at most 1,032 bytes of one.</summary>
    public const int MostOfDeflate = 1032;

    private const int PngTag = 8, MostOfPalette = 256;

    /// <summary>Pixels of the image.</summary>
    public long Pixels => Width * Height;

    /// <summary>Which kind a file is by its first bytes; null where it is none of the three.</summary>
    /// <param name="file">A file that can seek.</param>
    public static ImageKind? KindOf(Stream file) => At(file, 0, PngTag) switch
    {
        [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A] => ImageKind.Png,
        [0xFF, 0xD8, 0xFF, ..] => ImageKind.Jpeg,
        [(byte)'B', (byte)'M', ..] => ImageKind.Bmp,
        _ => null,
    };

    /// <summary>Reads the header; null where there is none, or it ends before it says a size above 0.</summary>
    /// <param name="file">A file that can seek.</param>
    /// <param name="kind">What <see cref="KindOf"/> gave.</param>
    public static ImageHeader? Read(Stream file, ImageKind kind)
    {
        ImageHeader? header = kind switch
        {
            ImageKind.Png => Png(file),
            ImageKind.Jpeg => Jpeg(file),
            _ => Bmp(file),
        };
        return header is { Width: > 0, Height: > 0 } ? header : null;
    }

    /// <summary>IHDR comes first, or after the chunk that Apple's tools write before it.</summary>
    private static ImageHeader? Png(Stream file)
    {
        long at = PngTag;
        while (At(file, at, 8) is { Length: 8 } chunk && chunk.AsSpan(4).SequenceEqual("CgBI"u8))
        {
            at += 12 + BinaryPrimitives.ReadUInt32BigEndian(chunk);
        }

        byte[] header = At(file, at, 18);
        if (header.Length < 18 || !header.AsSpan(4, 4).SequenceEqual("IHDR"u8)) return null;
        long width = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(8));
        long height = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(12));
        if (width > int.MaxValue || height > int.MaxValue) return null;
        int channels = header[17] switch { 0 or 3 => 1, 4 => 2, 2 => 3, _ => 4 };
        return new ImageHeader(ImageKind.Png, width, height, Raw(width, height, channels * header[16]) / MostOfDeflate);
    }

    /// <summary>
    /// The first of the frames that decoders know: baseline, extended or progressive. Each block of 8×8 samples takes at least a bit.
    /// </summary>
    private static ImageHeader? Jpeg(Stream file)
    {
        for (long at = 2; At(file, at, 4) is { Length: 4 } segment;)
        {
            if (segment[0] != 0xFF || segment[1] == 0xFF)
            {
                at++;
                continue;
            }

            if (segment[1] is 0xD9 or 0xDA) return null;
            if (segment[1] is >= 0xC0 and <= 0xC2) return JpegFrame(At(file, at + 4, 6 + 3 * 255));
            at += 2 + BinaryPrimitives.ReadUInt16BigEndian(segment.AsSpan(2));
        }

        return null;
    }

    private static ImageHeader? JpegFrame(byte[] frame)
    {
        if (frame.Length < 6 || frame[5] == 0 || frame.Length < 6 + 3 * frame[5]) return null;
        long height = BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(1)), width = BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(3));
        (int Across, int Down)[] sampling = [.. Enumerable.Range(0, frame[5]).Select(i => (frame[7 + 3 * i] >> 4, frame[7 + 3 * i] & 15))];
        int across = Math.Max(1, sampling.Max(s => s.Across)), down = Math.Max(1, sampling.Max(s => s.Down));
        long blocks = sampling.Sum(s => width * s.Across / (8 * across) * (height * s.Down / (8 * down)));
        return new ImageHeader(ImageKind.Jpeg, width, height, blocks / 8);
    }

    /// <summary>
    /// Decoders allocate what lies before the pixels, and a palette, as large as the header says: neither may be more than there is.
    /// </summary>
    private static ImageHeader? Bmp(Stream file)
    {
        byte[] header = At(file, 14, 36), offset = At(file, 10, 4);
        if (header.Length < 16 || BinaryPrimitives.ReadUInt32LittleEndian(offset) > file.Length) return null;
        if (header.Length == 36 && BinaryPrimitives.ReadUInt32LittleEndian(header) >= 36
            && BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(32)) > MostOfPalette)
        {
            return null;
        }

        bool old = BinaryPrimitives.ReadUInt32LittleEndian(header) == 12;
        long width = old ? Short(4) : BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(4));
        long height = old ? Short(6) : BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(8));
        int bits = Short(old ? 10 : 14);

        // Rows from the top have a negative height.
        return new ImageHeader(ImageKind.Bmp, width, Math.Abs(height), Raw(width, Math.Abs(height), bits));

        int Short(int at) => BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(at));
    }

    /// <summary>Bytes of the pixels before they are packed; sizes of headers may come to more than a long holds.</summary>
    private static long Raw(long width, long height, int bitsOfPixel) =>
        (long)Math.Min((double)width * height * bitsOfPixel / 8, long.MaxValue);

    /// <summary>Bytes of a file; fewer where it ends.</summary>
    private static byte[] At(Stream file, long offset, int count)
    {
        if (offset >= file.Length) return [];
        file.Position = offset;
        byte[] bytes = new byte[Math.Min(count, file.Length - offset)];
        file.ReadExactly(bytes);
        return bytes;
    }
}

/// <summary>Kinds of image files that are read.</summary>
internal enum ImageKind
{
    /// <summary>Portable Network Graphics.</summary>
    Png,

    /// <summary>JPEG.</summary>
    Jpeg,

    /// <summary>Windows bitmap.</summary>
    Bmp,
}
