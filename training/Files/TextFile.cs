using System.Text;

namespace Idsnn.Training;

/// <summary>Text files as editors on any system leave them.</summary>
public static class TextFile
{
    /// <summary>The most bytes that a file may have.</summary>
    private const long MaxLength = 256L << 20;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a file in UTF-8, with or without a byte order mark, or in UTF-16 or UTF-32 with one.</summary>
    /// <exception cref="InvalidDataException">It is no text in these, too long, or no regular file.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read, or is a folder.</exception>
    public static string Read(string path)
    {
        using var stream = File.OpenRead(path);
        if (!stream.CanSeek) throw new InvalidDataException($"{path} is no regular file");
        if (stream.Length > MaxLength) throw new InvalidDataException($"{path} has {stream.Length} bytes, at most {MaxLength} are read");
        using var reader = new StreamReader(stream, Strict, detectEncodingFromByteOrderMarks: true);
        try
        {
            return reader.ReadToEnd();
        }
        catch (DecoderFallbackException e)
        {
            throw new InvalidDataException($"{path} is no text in UTF-8: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }
}
