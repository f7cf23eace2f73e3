using System.Buffers.Binary;
using System.Numerics;

namespace Idsnn.Runs;

/// <summary>
/// A file of records as TensorFlow writes them (TFRecord): the length in 8 bytes; its checksum in 4; the record; its checksum in 4; all
/// little-endian.
/// </summary>
internal static class RecordFile
{
    private const int Before = sizeof(ulong) + sizeof(uint), After = sizeof(uint);

    /// <summary>A record with what stands around it.</summary>
    public static byte[] Frame(ReadOnlySpan<byte> record)
    {
        byte[] framed = new byte[Before + record.Length + After];
        BinaryPrimitives.WriteUInt64LittleEndian(framed, (ulong)record.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(framed.AsSpan(sizeof(ulong)), Checksum(framed.AsSpan(0, sizeof(ulong))));
        record.CopyTo(framed.AsSpan(Before));
        BinaryPrimitives.WriteUInt32LittleEndian(framed.AsSpan(Before + record.Length), Checksum(record));
        return framed;
    }

    /// <summary>A CRC-32C, rotated and shifted so that a checksum of data that holds checksums stays a good one.</summary>
    public static uint Checksum(ReadOnlySpan<byte> data) => BitOperations.RotateRight(Crc32C(data), 15) + 0xa282ead8u;

    /// <summary>CRC-32C (Castagnoli), as in RFC 3720.</summary>
    public static uint Crc32C(ReadOnlySpan<byte> data)
    {
        uint crc = ~0u;
        foreach (byte b in data) crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }
}
