using System.Globalization;
using System.Text;

namespace Idsnn.Datasets;

/// <summary>
/// The regular files of a tar archive (ustar, pax, GNU), front to back. .NET's own reader allocates whatever size the header of a long
/// name claims; here a claim costs nothing.
/// </summary>
/// <param name="tar">The archive, which need not seek.</param>
internal sealed class TarFiles(Stream tar)
{
    private const int Block = 512, MostBytesOfName = 1 << 16;

    private readonly byte[] header = new byte[Block];
    private long rest;

    /// <summary>The current file's name, with its folders.</summary>
    public string Name { get; private set; } = string.Empty;

    /// <summary>The current file's bytes, as its header says.</summary>
    public long Length { get; private set; }

    /// <summary>Goes to the next file; false at the archive's end.</summary>
    /// <exception cref="InvalidDataException">What comes next is no header.</exception>
    /// <exception cref="EndOfStreamException">The archive ends within a file.</exception>
    public bool Next()
    {
        string? longName = null;
        while (ReadHeader())
        {
            Length = Number(header.AsSpan(124, 12));
            rest = (Length + Block - 1) / Block * Block;
            switch ((char)header[156])
            {
                case '0' or '7' or '\0':
                    Name = longName ?? Text(header.AsSpan(0, 100));
                    return true;
                case 'L':
                    longName = Text(ReadName());
                    break;
                case 'x':
                    longName = PaxPath(ReadName()) ?? longName;
                    break;
                case 'K' or 'g':
                    break;
                default:
                    longName = null;
                    break;
            }
        }

        return false;
    }

    /// <summary>The current file's content; its length is the caller's to judge before.</summary>
    /// <exception cref="EndOfStreamException">The archive ends within it.</exception>
    public byte[] Read()
    {
        byte[] bytes = new byte[Length];
        tar.ReadExactly(bytes);
        rest -= Length;
        return bytes;
    }

    private bool ReadHeader()
    {
        for (byte[] skipped = new byte[Math.Min(rest, 1 << 16)]; rest > 0; rest -= Math.Min(rest, skipped.Length))
        {
            tar.ReadExactly(skipped.AsSpan(0, (int)Math.Min(rest, skipped.Length)));
        }

        int read = tar.ReadAtLeast(header, Block, throwOnEndOfStream: false);
        if (!header.AsSpan(0, read).ContainsAnyExcept((byte)0)) return false;
        if (read < Block) throw new EndOfStreamException("it ends too early");
        long sum = Number(header.AsSpan(148, 8));
        header.AsSpan(148, 8).Fill((byte)' ');
        return header.Sum(b => b) == sum ? true : throw new InvalidDataException("a header's checksum is wrong");
    }

    private byte[] ReadName() => Length <= MostBytesOfName
        ? Read()
        : throw new InvalidDataException($"a name takes {Length} bytes, at most {MostBytesOfName} are read");

    /// <summary>Octal digits between blanks, or, after a first byte of 0x80, a binary number.</summary>
    private static long Number(ReadOnlySpan<byte> field)
    {
        if (field[0] == 0x80 && field.Length == 12 && !field[1..5].ContainsAnyExcept((byte)0)) return Binary(field[5..]);
        long value = 0;
        foreach (byte digit in field.Trim("\0 "u8))
        {
            if (digit is < (byte)'0' or > (byte)'7') throw new InvalidDataException("a header's number is none");
            value = value * 8 + digit - '0';
        }

        return value;
    }

    private static long Binary(ReadOnlySpan<byte> digits)
    {
        long value = 0;
        foreach (byte digit in digits) value = value * 256 + digit;
        return value;
    }

    private static string Text(ReadOnlySpan<byte> field) =>
        Encoding.UTF8.GetString(field.IndexOf((byte)0) is >= 0 and var end ? field[..end] : field);

    /// <summary>The path among records of "LENGTH KEY=VALUE\n"; null where there is none.</summary>
    private static string? PaxPath(ReadOnlySpan<byte> records)
    {
        while (records.IndexOf((byte)' ') is > 0 and var blank)
        {
            bool valid = int.TryParse(records[..blank], NumberStyles.None, CultureInfo.InvariantCulture, out int length);
            if (!valid || length <= blank + 1 || length > records.Length) throw new InvalidDataException("a header's record is damaged");
            var record = records[(blank + 1)..(length - 1)];
            if (record.StartsWith("path="u8)) return Text(record[5..]);
            records = records[length..];
        }

        return null;
    }
}
