using System.Buffers.Binary;
using System.Text;

namespace Idsnn.Tests.Training;

/// <summary>A record of an event file.</summary>
/// <param name="WallTime">Field 1, double.</param>
/// <param name="Step">Field 2, int64.</param>
/// <param name="Version">Field 3, string.</param>
/// <param name="Tag">Field 5 (Summary), 1 (Value), 1, string.</param>
/// <param name="Value">Field 5 (Summary), 1 (Value), 2, float.</param>
internal sealed record EventRecord(double WallTime, long Step, string? Version, string? Tag, float? Value);

/// <summary>
/// Reads event files as their format is specified (TFRecord framing; protocol buffers' wire format), with nothing of the code under test
/// and no library. A record cut short at the end is the end, as it is for TensorBoard.
/// </summary>
internal static class EventFile
{
    private enum Wire
    {
        Varint = 0,
        Fixed64 = 1,
        Bytes = 2,
        Fixed32 = 5,
    }

    public static List<EventRecord> Read(string path) => Read(File.ReadAllBytes(path));

    public static List<EventRecord> Read(byte[] file)
    {
        var records = new List<EventRecord>();
        int at = 0;
        while (file.Length - at >= 12)
        {
            int length = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(at)));
            Require(Masked(file.AsSpan(at, 8)) == BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 8)), "the length's checksum");
            if (file.Length - at < 12 + length + 4) break;
            var record = file.AsSpan(at + 12, length);
            Require(Masked(record) == BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 12 + length)), "the record's checksum");
            records.Add(Parse(record.ToArray()));
            at += 12 + length + 4;
        }

        return records;
    }

    /// <summary>CRC-32C bit by bit: reflected, polynomial 0x1EDC6F41.</summary>
    public static uint Crc(ReadOnlySpan<byte> data)
    {
        uint crc = 0xffffffff;
        foreach (byte b in data)
        {
            crc ^= b;
            for (int i = 0; i < 8; i++) crc = (crc & 1) == 1 ? (crc >> 1) ^ 0x82f63b78 : crc >> 1;
        }

        return crc ^ 0xffffffff;
    }

    private static uint Masked(ReadOnlySpan<byte> data)
    {
        uint crc = Crc(data);
        return ((crc >> 15) | (crc << 17)) + 0xa282ead8;
    }

    private static EventRecord Parse(byte[] message)
    {
        var fields = Fields(message);
        Require(fields.Keys.All(f => f.Number is 1 or 2 or 3 or 5), "an event's fields");
        byte[]? summary = fields.GetValueOrDefault((5, Wire.Bytes));
        var value = summary is null ? null : Fields(Fields(summary)[(1, Wire.Bytes)]);
        return new EventRecord(
            BitConverter.ToDouble(fields[(1, Wire.Fixed64)]),
            fields.TryGetValue((2, Wire.Varint), out byte[]? step) ? BitConverter.ToInt64(step) : 0,
            fields.TryGetValue((3, Wire.Bytes), out byte[]? version) ? Encoding.UTF8.GetString(version) : null,
            value is null ? null : Encoding.UTF8.GetString(value[(1, Wire.Bytes)]),
            value is null ? null : BitConverter.ToSingle(value[(2, Wire.Fixed32)]));
    }

    /// <summary>A message's fields; varints as the eight bytes of an int64. Each may stand once.</summary>
    private static Dictionary<(int Number, Wire Wire), byte[]> Fields(byte[] message)
    {
        var fields = new Dictionary<(int, Wire), byte[]>();
        int at = 0;
        while (at < message.Length)
        {
            ulong key = Varint(message, ref at);
            var wire = (Wire)(key & 7);
            byte[] content = wire switch
            {
                Wire.Varint => BitConverter.GetBytes(Varint(message, ref at)),
                Wire.Fixed64 => message[at..(at += 8)],
                Wire.Fixed32 => message[at..(at += 4)],
                Wire.Bytes => Bytes(message, ref at),
                _ => throw new InvalidDataException($"wire type {wire}"),
            };
            fields.Add(((int)(key >> 3), wire), content);
        }

        return fields;
    }

    private static byte[] Bytes(byte[] message, ref int at)
    {
        int length = (int)Varint(message, ref at);
        return message[at..(at += length)];
    }

    private static ulong Varint(byte[] message, ref int at)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte b = message[at++];
            value |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80) return value;
        }
    }

    private static void Require(bool holds, string what)
    {
        if (!holds) throw new InvalidDataException($"{what} is wrong");
    }
}
