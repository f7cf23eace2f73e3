using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Idsnn.Engine;

/// <summary>One tensor of a safetensors file, on the host: float32 or int64.</summary>
public sealed class StoredTensor
{
    /// <summary>A float32 tensor.</summary>
    public StoredTensor(Shape shape, float[] floats)
    {
        Shape = shape;
        Floats = floats;
    }

    /// <summary>An int64 tensor.</summary>
    public StoredTensor(Shape shape, long[] integers)
    {
        Shape = shape;
        Integers = integers;
    }

    /// <summary>Its extents.</summary>
    public Shape Shape { get; }

    /// <summary>The elements of a float32 tensor, else null.</summary>
    public float[]? Floats { get; }

    /// <summary>The elements of an int64 tensor, else null.</summary>
    public long[]? Integers { get; }

    internal ReadOnlySpan<byte> Bytes =>
        Floats is null ? MemoryMarshal.AsBytes(Integers.AsSpan()) : MemoryMarshal.AsBytes(Floats.AsSpan());
}

/// <summary>
/// A safetensors file (https://github.com/huggingface/safetensors): u64 header length, JSON header, data. Types F32 and I64, which is
/// what PyTorch's state dicts of these networks hold.
/// </summary>
public sealed class SafetensorsFile
{
    private const long MaxHeader = 100_000_000;

    /// <summary>The tensors by name, in order of their names.</summary>
    public SortedDictionary<string, StoredTensor> Tensors { get; } = new(StringComparer.Ordinal);

    /// <summary>The header's __metadata__.</summary>
    public SortedDictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    /// <summary>The float32 tensor of a name.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public StoredTensor Floats(string name) => Tensors.TryGetValue(name, out var tensor) && tensor.Floats is not null
        ? tensor
        : throw new InvalidDataException($"the file holds no float32 tensor '{name}'");

    /// <summary>Reads a whole file.</summary>
    /// <exception cref="InvalidDataException">The file is not a whole, well-formed safetensors file of the types above.</exception>
    public static SafetensorsFile Load(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        try
        {
            return Parse(bytes);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{path} is not a usable safetensors file: {e.Message}", e);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException
            or OverflowException or ArgumentException)
        {
            throw new InvalidDataException(
                $"{path} is not a usable safetensors file: its header is damaged ({e.Message.ReplaceLineEndings(" ")})", e);
        }
    }

    /// <summary>Writes the file whole or not at all.</summary>
    public void Save(string path) => DurableFile.Write(path, stream =>
    {
        byte[] header = Header();
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (var tensor in Tensors.Values) stream.Write(tensor.Bytes);
    });

    private static SafetensorsFile Parse(byte[] bytes)
    {
        if (bytes.Length < 8) throw new InvalidDataException($"{bytes.Length} bytes are too few for a header");
        long length = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        if (length is < 2 or > MaxHeader || length > bytes.Length - 8)
        {
            throw new InvalidDataException($"its header claims {length} bytes and the file has {bytes.Length}");
        }

        var file = new SafetensorsFile();
        using var header = JsonDocument.Parse(bytes.AsMemory(8, (int)length));
        var data = bytes.AsSpan(8 + (int)length);
        var places = new List<(long Begin, long End, string Name)>();
        foreach (var property in header.RootElement.EnumerateObject())
        {
            if (property.NameEquals("__metadata__"))
            {
                foreach (var pair in property.Value.EnumerateObject()) file.Metadata.Add(pair.Name, pair.Value.GetString() ?? string.Empty);
                continue;
            }

            var (tensor, begin, last) = ReadTensor(property, data);
            file.Tensors.Add(property.Name, tensor);
            places.Add((begin, last, property.Name));
        }

        // The format has no holes, no overlaps and nothing behind the last tensor.
        places.Sort();
        long end = 0;
        foreach (var place in places)
        {
            if (place.Begin != end) throw new InvalidDataException($"tensor '{place.Name}' begins at byte {place.Begin}, expected {end}");
            end = place.End;
        }

        if (end != data.Length) throw new InvalidDataException($"its tensors end at byte {end} of {data.Length}");
        return file;
    }

    private static (StoredTensor Tensor, long Begin, long End) ReadTensor(JsonProperty property, ReadOnlySpan<byte> data)
    {
        int[] extents = [.. property.Value.GetProperty("shape").EnumerateArray().Select(e => e.GetInt32())];
        Shape shape = [.. extents];
        long[] offsets = [.. property.Value.GetProperty("data_offsets").EnumerateArray().Select(e => e.GetInt64())];
        if (offsets.Length != 2) throw new InvalidDataException($"tensor '{property.Name}' has {offsets.Length} offsets, expected 2");
        long begin = offsets[0], end = offsets[1];
        string type = property.Value.GetProperty("dtype").GetString() ?? string.Empty;
        int size = type switch
        {
            "F32" => sizeof(float),
            "I64" => sizeof(long),
            _ => throw new InvalidDataException($"tensor '{property.Name}' is of type {type}; F32 and I64 are supported"),
        };
        if (begin < 0 || begin > end || end > data.Length || end - begin != (long)shape.Size * size)
        {
            throw new InvalidDataException(
                $"tensor '{property.Name}' {shape} claims bytes {begin} to {end} of {data.Length}: the file is truncated or corrupt");
        }

        var bytes = data[(int)begin..(int)end];
        var tensor = type == "F32"
            ? new StoredTensor(shape, MemoryMarshal.Cast<byte, float>(bytes).ToArray())
            : new StoredTensor(shape, MemoryMarshal.Cast<byte, long>(bytes).ToArray());
        return (tensor, begin, end);
    }

    private byte[] Header()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (Metadata.Count > 0)
            {
                json.WriteStartObject("__metadata__");
                foreach (var (key, value) in Metadata) json.WriteString(key, value);
                json.WriteEndObject();
            }

            long offset = 0;
            foreach (var (name, tensor) in Tensors)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", tensor.Floats is null ? "I64" : "F32");
                json.WriteStartArray("shape");
                foreach (int extent in tensor.Shape) json.WriteNumberValue(extent);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += tensor.Bytes.Length);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        string text = Encoding.UTF8.GetString(buffer.ToArray());
        return Encoding.UTF8.GetBytes(text.PadRight(text.Length + ((8 - ((int)buffer.Length % 8)) % 8)));
    }
}
