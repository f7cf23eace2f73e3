namespace Idsnn.Datasets;

/// <summary>
/// Image files: PNG, JPEG and BMP in, PNG out. <see cref="ImageCodec"/> decodes them. How large an image is, and whether its
/// file can hold that, is read before anything is decoded; and no more images are decoded at once than fit an eighth of memory.
/// </summary>
public static class ImageFile
{
    /// <summary>Pixels of the largest image that is read.</summary>
    public const int MostPixels = 64_000_000;

    // No kind takes more than 8 bytes a pixel, uncompressed; decoding takes up to twice that beside the file (a progressive JPEG).
    private const int MostBytesOfPixel = 8, DecodingBytesOfPixel = 16;
    private const long MostFileBytes = (long)MostPixels * MostBytesOfPixel;

    private static readonly MemoryGate Gate = new(
        Math.Max((long)MostPixels * DecodingBytesOfPixel, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 8));

    /// <summary>What names of image files end in.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [".png", ".jpg", ".jpeg", ".bmp"];

    /// <summary>Whether a file's name ends as an image's does, in letters of either case.</summary>
    public static bool IsImageName(string path) => Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads an image.</summary>
    /// <param name="path">The file; its content, not its name, says what it is.</param>
    /// <returns>
    /// Its first 8 bits per channel; grey becomes three equal channels, and alpha is left out, as PIL's convert("RGB") does.
    /// </returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="IOException">It cannot be opened or read.</exception>
    /// <exception cref="InvalidDataException">It is damaged, none of the three kinds, or larger than <see cref="MostPixels"/>.</exception>
    public static RgbImage Load(string path) => Load(path, image => image);

    /// <summary>Reads an image and makes something of it, which counts as part of decoding: so large images do not pile up.</summary>
    /// <inheritdoc cref="Load(string)"/>
    internal static T Load<T>(string path, Func<RgbImage, T> use)
    {
        ArgumentNullException.ThrowIfNull(path);
        using Stream file = Open(path);
        return Decode(file, path, use);
    }

    /// <summary>Reads an image from a file's bytes.</summary>
    /// <param name="file">The file's content.</param>
    /// <param name="name">What messages call it.</param>
    /// <inheritdoc cref="Load(string)"/>
    public static RgbImage Decode(byte[] file, string name)
    {
        ArgumentNullException.ThrowIfNull(file);
        using var stream = new MemoryStream(file, writable: false);
        return Decode(stream, name);
    }

    /// <summary>Reads an image from a stream.</summary>
    /// <param name="file">The file, which can seek, from its start to its end.</param>
    /// <param name="name">What messages call it.</param>
    /// <inheritdoc cref="Load(string)"/>
    public static RgbImage Decode(Stream file, string name)
    {
        ArgumentNullException.ThrowIfNull(file);
        return Decode(file, name, image => image);
    }

    private static T Decode<T>(Stream file, string name, Func<RgbImage, T> use)
    {
        string shown = $"'{SafeText.Of(name)}'";
        if (ImageHeader.KindOf(file) is not { } kind) throw new InvalidDataException($"{shown} is no PNG, JPEG or BMP file");
        if (ImageHeader.Read(file, kind) is not { } header) throw Damaged(shown, "it says no size");
        if (header.Pixels > MostPixels || file.Length > MostFileBytes)
        {
            throw new InvalidDataException(
                $"{shown} has {header.Width}×{header.Height} pixels in {file.Length} bytes; "
                + $"at most {MostPixels} pixels and {MostFileBytes} bytes are read");
        }

        if (file.Length < header.LeastBytes)
        {
            throw Damaged(shown, $"its header says {header.Width}×{header.Height} pixels, which do not fit into {file.Length} bytes");
        }

        return Gate.Run(file.Length + header.Pixels * DecodingBytesOfPixel, () => use(Decode(file, header, shown)));
    }

    /// <summary>The image as a PNG file.</summary>
    public static byte[] EncodePng(RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return ImageCodec.EncodePng(image);
    }

    private static RgbImage Decode(Stream file, ImageHeader header, string shown)
    {
        byte[] bytes = ReadWhole(file, shown);
        try
        {
            if (header.Kind == ImageKind.Png) PngData.Require(bytes, header);
            return ImageCodec.Decode(bytes, header);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Damage shows as whatever the decoder stumbles over.
            throw Damaged(shown, e.Message, e);
        }
    }

    private static byte[] ReadWhole(Stream file, string shown)
    {
        byte[] bytes = new byte[file.Length];
        file.Position = 0;
        return file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == bytes.Length
            ? bytes
            : throw Damaged(shown, "it became shorter while it was read");
    }

    private static Stream Open(string path)
    {
        try
        {
            return FileContent.Open(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException || MissingEntry.IsBrokenLink(path))
        {
            throw new FileNotFoundException(MissingEntry.Explain(path, "image file"), path, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"'{SafeText.Of(path)}' cannot be opened: {SafeText.Of(e.Message).TrimEnd('.')}", e);
        }
    }

    private static InvalidDataException Damaged(string shown, string why, Exception? inner = null) =>
        new($"{shown} is damaged, or of a kind of PNG, JPEG or BMP that cannot be read ({SafeText.Brief(why)})", inner);
}
