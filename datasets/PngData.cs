using System.Buffers.Binary;
using System.IO.Compression;

namespace Idsnn.Datasets;

/// <summary>The chunks of a PNG file, seen before a decoder allocates what they declare.</summary>
internal static class PngData
{
    private const int FirstChunk = 8, ChunkBytes = 12;

    // What encoders may leave behind the last row.
    private const int Spare = 1 << 20;

    /// <summary>Sees that chunks lie within the file and that its pixels come to about the bytes that its header promises.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="header">Its header.</param>
    /// <exception cref="InvalidDataException">They do not.</exception>
    public static void Require(byte[] file, ImageHeader header)
    {
        using var packed = new MemoryStream();
        bool plain = false;
        for (int at = FirstChunk; at < file.Length;)
        {
            // Decoders believe the length of a chunk whose end is not there.
            if (file.Length - at < ChunkBytes) throw new InvalidDataException("it ends too early");
            uint length = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at));
            var name = file.AsSpan(at + 4, 4);
            if (name.SequenceEqual("IEND"u8)) break;
            if (length > file.Length - at - ChunkBytes) throw new InvalidDataException("it ends too early");
            if (name.SequenceEqual("CgBI"u8)) plain = true;
            if (name.SequenceEqual("IDAT"u8)) packed.Write(file, at + 8, (int)length);
            at += ChunkBytes + (int)length;
        }

        // Twice what an image of 16 bits and four channels takes by rows, so that interlaced ones fit too.
        long most = 2 * (8 * header.Pixels + header.Height) + Spare;
        if (packed.Length * ImageHeader.MostOfDeflate > most && Unpacked(packed, plain ? 0 : 2, most) > most)
        {
            throw new InvalidDataException($"its data unpack to more than {most} bytes, for {header.Width}×{header.Height} pixels");
        }
    }

    /// <summary>Bytes that deflated data unpack to, counted only until they are too many or damage ends them.</summary>
    private static long Unpacked(MemoryStream packed, int from, long most)
    {
        packed.Position = Math.Min(from, packed.Length);
        using var inflate = new DeflateStream(packed, CompressionMode.Decompress);
        byte[] buffer = new byte[1 << 16];
        long total = 0;
        try
        {
            for (int count; total <= most && (count = inflate.Read(buffer)) > 0;) total += count;
        }
        catch (InvalidDataException)
        {
            // The decoder stumbles at the same place.
        }

        return total;
    }
}
