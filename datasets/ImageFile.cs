using StbImageSharp;
using StbImageWriteSharp;

namespace Idsnn.Datasets;

/// <summary>Image files: PNG, JPEG and BMP in, PNG out.  The only place that knows who decodes them.</summary>
public static class ImageFile
{
    /// <summary>What names of image files end in.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [".png", ".jpg", ".jpeg", ".bmp"];

    /// <summary>Reads an image.</summary>
    /// <param name="path">The file; its content, not its name, says what it is.</param>
    /// <returns>Its first 8 bits per channel; grey becomes three equal channels, and alpha is left out, as PIL's convert("RGB") does.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is damaged, or none of the three kinds.</exception>
    public static RgbImage Load(string path)
    {
        if (!File.Exists(path)) throw new FileNotFoundException($"there is no image file '{path}'", path);
        byte[] file = File.ReadAllBytes(path);
        if (!IsKnown(file)) throw new InvalidDataException($"'{path}' is no PNG, JPEG or BMP file");
        try
        {
            using var stream = new FiniteStream(file);
            var image = ImageResult.FromStream(stream, StbImageSharp.ColorComponents.RedGreenBlue);
            return new RgbImage(image.Data, image.Height, image.Width);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Damage shows as whatever the decoder stumbles over.
            throw new InvalidDataException($"'{path}' is damaged, or of a kind of PNG, JPEG or BMP that cannot be read ({e.Message})", e);
        }
    }

    /// <summary>The image as a PNG file.</summary>
    public static byte[] EncodePng(RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        using var stream = new MemoryStream();
        new ImageWriter().WritePng(image.Pixels, image.Width, image.Height, StbImageWriteSharp.ColorComponents.RedGreenBlue, stream);
        return stream.ToArray();
    }

    // The decoder knows more kinds, one of which it recognises in almost anything.
    private static bool IsKnown(ReadOnlySpan<byte> file) =>
        file.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A])
        || file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF])
        || file.StartsWith("BM"u8);

    /// <summary>The decoder takes what lies behind a file's end for zeros, some of which it reads for ever; a sound file needs few.</summary>
    private sealed class FiniteStream(byte[] file) : MemoryStream(file)
    {
        private const int MostReadsBehindTheEnd = 64;

        private int behind;

        public override int ReadByte() => Checked(base.ReadByte(), -1);

        public override int Read(byte[] buffer, int offset, int count) => Checked(base.Read(buffer, offset, count), 0);

        private int Checked(int read, int atEnd) => read != atEnd || ++behind <= MostReadsBehindTheEnd
            ? read
            : throw new EndOfStreamException("it ends too early");
    }
}
