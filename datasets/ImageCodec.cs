using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats.Bmp;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.Memory;
using SixLabors.ImageSharp.PixelFormats;

namespace Idsnn.Datasets;

/// <summary>
/// Decodes and encodes with ImageSharp, and is the only place that knows it. Its configuration has the three kinds of files that are read
/// and no other, and a limit to what one allocation takes. <see cref="ImageHeader"/> and <see cref="PngData"/> have looked at a file before
/// it comes here.
/// </summary>
internal static class ImageCodec
{
    // 64 megapixels of 16-bit RGB take 366 MiB.
    private const int MostMegabytes = 512;

    private static ReadOnlySpan<byte> JpegEnd => [0xFF, 0xD9];

    private static readonly Configuration Kinds = new(
        new PngConfigurationModule(), new JpegConfigurationModule(), new BmpConfigurationModule())
    {
        MemoryAllocator = MemoryAllocator.Create(new MemoryAllocatorOptions { AllocationLimitMegabytes = MostMegabytes }),
    };

    /// <summary>The pixels of a file, the first 8 bits of each channel, alpha left out.</summary>
    /// <exception cref="InvalidDataException">The file says another size to ImageSharp than its header says.</exception>
    public static RgbImage Decode(byte[] file, ImageHeader header)
    {
        // Without its end marker the last blocks of a JPEG would be made of whatever bits the decoder takes to follow.
        if (header.Kind == ImageKind.Jpeg && !file.AsSpan().EndsWith(JpegEnd)) file = [.. file, .. JpegEnd];
        var info = Image.Identify(Kinds, file, out _);
        if (info is null || info.Width != header.Width || info.Height != header.Height)
        {
            throw new InvalidDataException(
                $"its header says {header.Width}×{header.Height} pixels, its content {info?.Width}×{info?.Height}");
        }

        bool deep = header.Kind == ImageKind.Png && info.Metadata.GetPngMetadata().BitDepth == PngBitDepth.Bit16;
        return deep ? DecodeDeep(file) : DecodePlain(file);
    }

    /// <summary>The image as a PNG file.</summary>
    public static byte[] EncodePng(RgbImage image)
    {
        using var pixels = Image.LoadPixelData<Rgb24>(Kinds, image.Pixels, image.Width, image.Height);
        using var stream = new MemoryStream();
        pixels.Save(stream, new PngEncoder());
        return stream.ToArray();
    }

    private static RgbImage DecodePlain(byte[] file)
    {
        using var image = Image.Load<Rgb24>(Kinds, file);
        byte[] pixels = new byte[image.Width * image.Height * RgbImage.Channels];
        image.CopyPixelDataTo(pixels);
        return new RgbImage(pixels, image.Height, image.Width);
    }

    /// <summary>ImageSharp rounds 16 bits to 8; the first 8 of them are what PIL takes.</summary>
    private static RgbImage DecodeDeep(byte[] file)
    {
        using var image = Image.Load<Rgb48>(Kinds, file);
        byte[] pixels = new byte[image.Width * image.Height * RgbImage.Channels];
        image.ProcessPixelRows(rows =>
        {
            int at = 0;
            for (int y = 0; y < rows.Height; y++)
            {
                foreach (var pixel in rows.GetRowSpan(y))
                {
                    pixels[at++] = (byte)(pixel.R >> 8);
                    pixels[at++] = (byte)(pixel.G >> 8);
                    pixels[at++] = (byte)(pixel.B >> 8);
                }
            }
        });
        return new RgbImage(pixels, image.Height, image.Width);
    }
}
