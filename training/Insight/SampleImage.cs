using System.Buffers.Binary;
using System.IO.Compression;
using Idsnn.Datasets;

namespace Idsnn.Training;

/// <summary>Images of a data set as PNG files: eight bits of red, green and blue (PNG specification, third edition).</summary>
internal static class SampleImage
{
    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Image <paramref name="index"/> of a set of three channels.</summary>
    public static byte[] Png(ImageSet set, int index)
    {
        using var file = new MemoryStream();
        file.Write(Signature);
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, set.Width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], set.Height);
        (header[8], header[9]) = (8, 2);
        Chunk(file, "IHDR"u8, header);
        Chunk(file, "IDAT"u8, Compressed(set, index));
        Chunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    private static byte[] Compressed(ImageSet set, int index)
    {
        using var data = new MemoryStream();
        using (var zlib = new ZLibStream(data, CompressionLevel.SmallestSize))
        {
            int row = set.Width * set.Channels;
            for (int y = 0; y < set.Height; y++)
            {
                // Each row begins with its filter: none.
                zlib.WriteByte(0);
                zlib.Write(set.Image(index).Slice(y * row, row));
            }
        }

        return data.ToArray();
    }

    private static void Chunk(MemoryStream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(type);
        file.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, Checksum(data, Checksum(type, 0)));
        file.Write(number);
    }

    /// <summary>CRC-32, gone on with from an earlier part's.</summary>
    private static uint Checksum(ReadOnlySpan<byte> data, uint before)
    {
        uint crc = ~before;
        foreach (byte b in data)
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320u : crc >> 1;
        }

        return ~crc;
    }
}
