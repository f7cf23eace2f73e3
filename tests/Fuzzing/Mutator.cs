using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Idsnn.Tests.Fuzzing;

/// <summary>Makes damaged inputs of sound ones: the same of the same random numbers.</summary>
internal static class Mutator
{
    private static readonly long[] Numbers =
    [
        0, 1, -1, 2, 7, 127, 128, 255, 256, 32767, 65535, 65536, 1 << 24, int.MaxValue, int.MinValue, uint.MaxValue, 1L << 32,
        long.MaxValue, long.MinValue,
    ];

    private static readonly string[] Texts =
    [
        "null", "-1", "0", "1e999", "-1e-999", "NaN", "\"NaN\"", "99999999999999999999", "[]", "{}", "\"\"", "\"\\uD800\"", "true",
        "[null]", "{\"a\":null}",
        "\u001b[31m", "\n", "\r", "\0", "\u202e", "é", "é", ",", ":", "\"", "[", "]", "{", "}", "-", ".", "2147483648", "1,5", "\ufeff",
    ];

    /// <summary>One to a few changes: to bits, bytes, numbers of two to eight bytes, length, order, and to text.</summary>
    public static byte[] Mutate(byte[] sound, Random random)
    {
        byte[] bytes = [.. sound];
        for (int changes = 1 + (random.Next(4) * random.Next(3)); changes > 0; changes--) bytes = Change(bytes, random);
        return bytes;
    }

    /// <summary>
    /// A safetensors file whose JSON header alone is changed, its length told rightly, so that damage gets past the first look; numbers and
    /// texts in a description that is a JSON text inside the JSON are among what changes.
    /// </summary>
    public static byte[] MutateHeader(byte[] sound, Random random)
    {
        int length = (int)BinaryPrimitives.ReadInt64LittleEndian(sound);
        byte[] header = Mutate(sound[8..(8 + length)], random), count = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(count, header.Length);
        return [.. count, .. header, .. sound[(8 + length)..]];
    }

    /// <summary>A gzip file whose content is changed, and its own checksum right.</summary>
    public static byte[] MutateZipped(byte[] sound, Random random)
    {
        if (random.Next(4) == 0) return Mutate(sound, random);
        using var unpacked = new MemoryStream();
        using (var gzip = new GZipStream(new MemoryStream(sound), CompressionMode.Decompress)) gzip.CopyTo(unpacked);
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(Mutate(unpacked.ToArray(), random));
        return packed.ToArray();
    }

    private static byte[] Change(byte[] bytes, Random random)
    {
        int at = random.Next(bytes.Length + 1), rest = bytes.Length - at;
        int length = Math.Min(rest, 1 + random.Next(1 << random.Next(10)));
        switch (random.Next(9))
        {
            case 0 when rest > 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 1 when rest > 0:
                bytes[at] = (byte)random.Next(256);
                return bytes;
            case 2:
                return bytes[..at];
            case 3:
                return [.. bytes[..at], .. bytes[(at + length)..]];
            case 4:
                return [.. bytes[..at], .. bytes[at..(at + length)], .. bytes[at..]];
            case 5:
                byte[] noise = new byte[random.Next(64)];
                random.NextBytes(noise);
                return [.. bytes[..at], .. noise, .. bytes[at..]];
            case 6 when rest >= 8:
                byte[] number = new byte[8];
                long value = Numbers[random.Next(Numbers.Length)];
                bool little = random.Next(2) == 0;
                if (little) BinaryPrimitives.WriteInt64LittleEndian(number, value);
                else BinaryPrimitives.WriteInt64BigEndian(number, value);
                int size = 1 << random.Next(4);
                (little ? number[..size] : number[^size..]).CopyTo(bytes, at);
                return bytes;
            default:
                return ChangeText(bytes, random);
        }
    }

    /// <summary>Puts a text in place of a token: digits, a quoted string, or a word.</summary>
    private static byte[] ChangeText(byte[] bytes, Random random)
    {
        byte[] text = Encoding.UTF8.GetBytes(Texts[random.Next(Texts.Length)]);
        int at = random.Next(bytes.Length + 1);
        while (at < bytes.Length && !IsWord(bytes[at])) at++;
        while (at > 0 && at < bytes.Length && IsWord(bytes[at - 1])) at--;
        int end = at;
        while (end < bytes.Length && IsWord(bytes[end])) end++;
        if (random.Next(3) == 0 && at > 0 && end < bytes.Length && bytes[at - 1] == '"' && bytes[end] == '"') (at, end) = (at - 1, end + 1);
        return [.. bytes[..at], .. text, .. bytes[end..]];
    }

    private static bool IsWord(byte b) => char.IsAsciiLetterOrDigit((char)b) || b is (byte)'.' or (byte)'-' or (byte)'+' or (byte)'_';
}
