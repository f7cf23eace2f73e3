using System.Buffers.Binary;
using System.Text.Json;

namespace Idsnn.Engine;

/// <summary>What the header of a safetensors file says of one tensor; its bytes are counted from the header's end.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">F32 or I64.</param>
/// <param name="Shape">Its extents.</param>
/// <param name="Begin">Its first byte.</param>
/// <param name="End">The byte behind its last.</param>
internal sealed record TensorPlace(string Name, string Type, Shape Shape, long Begin, long End);

/// <summary>The header of a safetensors file, read before anything is allocated for its tensors.</summary>
internal sealed class SafetensorsHeader
{
    /// <summary>The longest header, in bytes: that of a run's state after 90,000 epochs.</summary>
    public const int MaxLength = 64 << 20;

    private const int MaxTensors = 100_000, MaxEntries = 1000, MaxRank = 8;

    private SafetensorsHeader()
    {
    }

    /// <summary>Where the data begin in the file.</summary>
    public long DataStart { get; private init; }

    /// <summary>The tensors in order of their places.</summary>
    public List<TensorPlace> Tensors { get; } = [];

    /// <summary>Its __metadata__.</summary>
    public Dictionary<string, string> Metadata { get; } = [];

    /// <summary>Reads and checks the header of a file that begins where the stream stands.</summary>
    /// <exception cref="InvalidDataException">It does not describe the file.</exception>
    /// <exception cref="JsonException">It is no such header; so are other exceptions of a JSON reader and of shapes.</exception>
    public static SafetensorsHeader Read(Stream stream)
    {
        long size = stream.Length;
        if (size < sizeof(long)) throw new InvalidDataException($"{size} bytes are too few for a header");
        Span<byte> lengthBytes = stackalloc byte[sizeof(long)];
        stream.ReadExactly(lengthBytes);
        long length = BinaryPrimitives.ReadInt64LittleEndian(lengthBytes);
        if (length < 2 || length > size - sizeof(long))
        {
            throw new InvalidDataException($"its header claims {length} bytes and the file has {size}");
        }

        if (length > MaxLength) throw new InvalidDataException($"its header is of {length} bytes, at most {MaxLength} are read");
        byte[] text = new byte[length];
        stream.ReadExactly(text);
        var header = new SafetensorsHeader { DataStart = sizeof(long) + length };
        header.Parse(text);
        header.RequireWhole(size - header.DataStart);
        return header;
    }

    private void Parse(byte[] text)
    {
        var json = new Utf8JsonReader(text);
        var names = new HashSet<string>(StringComparer.Ordinal);
        Enter(ref json, JsonTokenType.StartObject);
        while (Next(ref json, JsonTokenType.EndObject))
        {
            string name = json.GetString()!;
            if (!names.Add(name)) throw new JsonException($"it names '{name}' twice");
            json.Read();
            if (name == "__metadata__") ParseMetadata(ref json);
            else Tensors.Add(ParseTensor(name, ref json));
            if (Tensors.Count > MaxTensors) throw new JsonException($"it names over {MaxTensors} tensors");
        }

        // Nothing but blanks may follow.
        json.Read();
    }

    private void ParseMetadata(ref Utf8JsonReader json)
    {
        Require(json, JsonTokenType.StartObject);
        while (Next(ref json, JsonTokenType.EndObject))
        {
            string key = json.GetString()!;
            Enter(ref json, JsonTokenType.String);
            Metadata.Add(key, json.GetString()!);
            if (Metadata.Count > MaxEntries) throw new JsonException($"its metadata have over {MaxEntries} entries");
        }
    }

    private static TensorPlace ParseTensor(string name, ref Utf8JsonReader json)
    {
        Require(json, JsonTokenType.StartObject);
        string? type = null;
        List<long>? extents = null, offsets = null;
        while (Next(ref json, JsonTokenType.EndObject))
        {
            string key = json.GetString()!;
            json.Read();
            if (key == "dtype") type = json.GetString();
            else if (key == "shape") extents = ParseList(ref json);
            else if (key == "data_offsets") offsets = ParseList(ref json);
            else json.Skip();
        }

        if (type is null || extents is null || offsets is null)
        {
            throw new JsonException($"tensor '{name}' lacks its dtype, shape or data_offsets");
        }

        if (offsets.Count != 2) throw new InvalidDataException($"tensor '{name}' has {offsets.Count} offsets, expected 2");
        if (type is not ("F32" or "I64")) throw new InvalidDataException($"tensor '{name}' is of type {type}; F32 and I64 are supported");
        return new TensorPlace(name, type, [.. extents.Select(extent => checked((int)extent))], offsets[0], offsets[1]);
    }

    private static List<long> ParseList(ref Utf8JsonReader json)
    {
        Require(json, JsonTokenType.StartArray);
        var list = new List<long>();
        while (Next(ref json, JsonTokenType.EndArray))
        {
            list.Add(json.GetInt64());
            if (list.Count > MaxRank) throw new JsonException($"a list has over {MaxRank} numbers");
        }

        return list;
    }

    /// <summary>The format has no holes, no overlaps and nothing behind the last tensor.</summary>
    private void RequireWhole(long size)
    {
        Tensors.Sort((a, b) => (a.Begin, a.End, a.Name).CompareTo((b.Begin, b.End, b.Name)));
        long end = 0;
        foreach (var (name, type, shape, begin, last) in Tensors)
        {
            if (
                begin < 0 || begin > last || last > size
                    || last - begin != (long)shape.Size * (type == "F32" ? sizeof(float) : sizeof(long)))
            {
                throw new InvalidDataException(
                    $"tensor '{name}' {shape} claims bytes {begin} to {last} of {size}: the file is truncated or corrupt");
            }

            if (begin != end) throw new InvalidDataException($"tensor '{name}' begins at byte {begin}, expected {end}");
            end = last;
        }

        if (end != size) throw new InvalidDataException($"its tensors end at byte {end} of {size}");
    }

    private static bool Next(ref Utf8JsonReader json, JsonTokenType end) => json.Read() && json.TokenType != end;

    private static void Enter(ref Utf8JsonReader json, JsonTokenType token)
    {
        json.Read();
        Require(json, token);
    }

    private static void Require(in Utf8JsonReader json, JsonTokenType token)
    {
        if (json.TokenType != token) throw new JsonException($"it has {json.TokenType} where {token} belongs");
    }
}
