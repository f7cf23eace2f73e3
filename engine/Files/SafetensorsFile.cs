using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Idsnn.Engine;

/// <summary>
/// A safetensors file (https://github.com/huggingface/safetensors): u64 header length, JSON header, data. Types F32 and I64, which is
/// what PyTorch's state dicts of these networks hold. Every file that is written carries a checksum of its content, and one that is read
/// is checked against it where it has one.
/// </summary>
public sealed class SafetensorsFile
{
    private const string ChecksumKey = "idsnn-sha256";

    /// <summary>The tensors by name, in order of their names.</summary>
    public SortedDictionary<string, StoredTensor> Tensors { get; } = new(StringComparer.Ordinal);

    /// <summary>The header's __metadata__, without the checksum.</summary>
    public SortedDictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    /// <summary>The float32 tensor of a name.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public StoredTensor Floats(string name) => Tensors.TryGetValue(name, out var tensor) && tensor.Floats is not null
        ? tensor
        : throw new InvalidDataException($"the file holds no float32 tensor '{name}'");

    /// <summary>Reads a whole file.</summary>
    /// <exception cref="InvalidDataException">
    /// The file is not a whole, well-formed safetensors file of the types above, or its content is not what its checksum was taken of.
    /// </exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static SafetensorsFile Load(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);
            if (!stream.CanSeek) throw new InvalidDataException("it is no regular file");
            return Read(stream);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{path} is not a usable safetensors file: {e.Message}", e);
        }
        catch (Exception e) when (
            e is JsonException or InvalidOperationException or FormatException or OverflowException or ArgumentException)
        {
            throw new InvalidDataException(
                $"{path} is not a usable safetensors file: its header is damaged ({e.Message.ReplaceLineEndings(" ")})", e);
        }
    }

    /// <summary>Writes the file whole or not at all; the same content always gives the same bytes.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Save(string path)
    {
        byte[] header = Header();
        DurableFile.Write(path, stream =>
        {
            Span<byte> length = stackalloc byte[sizeof(long)];
            BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
            stream.Write(length);
            stream.Write(header);
            foreach (var tensor in Tensors.Values)
            {
                for (int part = 0; part < tensor.Parts; part++) stream.Write(tensor.Part(part));
            }
        });
    }

    /// <summary>One tensor of a file whose header has been read.</summary>
    internal static StoredTensor ReadTensor(Stream stream, long dataStart, TensorPlace place)
    {
        int size = place.Shape.Size;
        var tensor = place.Type == "F32"
            ? new StoredTensor(place.Shape, GC.AllocateUninitializedArray<float>(size))
            : new StoredTensor(place.Shape, GC.AllocateUninitializedArray<long>(size));
        stream.Position = dataStart + place.Begin;
        for (int part = 0; part < tensor.Parts; part++) stream.ReadExactly(tensor.Part(part));
        return tensor;
    }

    private static SafetensorsFile Read(Stream stream)
    {
        var header = SafetensorsHeader.Read(stream);
        var file = new SafetensorsFile();
        foreach (var (key, value) in header.Metadata) file.Metadata.Add(key, value);
        foreach (var place in header.Tensors) file.Tensors.Add(place.Name, ReadTensor(stream, header.DataStart, place));
        if (file.Metadata.Remove(ChecksumKey, out string? recorded) && file.Checksum() is var actual && actual != recorded)
        {
            throw new InvalidDataException(
                $"its content has the checksum {actual}, where its header says {recorded}: it was damaged after it was written "
                + $"(or changed by a program that kept the metadata '{ChecksumKey}')");
        }

        return file;
    }

    /// <summary>
    /// SHA-256, hexadecimal, over each entry of the metadata and each tensor in order of their names: key, value; name, type with shape,
    /// bytes. A text is preceded by the length of its UTF-8 in 32 bits, either list by the number of its entries.
    /// </summary>
    private string Checksum()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Number(Metadata.Count);
        foreach (var (key, value) in Metadata)
        {
            Text(key);
            Text(value);
        }

        Number(Tensors.Count);
        foreach (var (name, tensor) in Tensors)
        {
            Text(name);
            Text($"{tensor.Type} {tensor.Shape}");
            for (int part = 0; part < tensor.Parts; part++) hash.AppendData(tensor.Part(part));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());

        void Text(string text)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            Number(bytes.Length);
            hash.AppendData(bytes);
        }

        void Number(int number)
        {
            Span<byte> bytes = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
            hash.AppendData(bytes);
        }
    }

    private byte[] Header()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("__metadata__");
            foreach (var (key, value) in Metadata) json.WriteString(key, value);
            json.WriteString(ChecksumKey, Checksum());
            json.WriteEndObject();
            long offset = 0;
            foreach (var (name, tensor) in Tensors)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", tensor.Type);
                json.WriteStartArray("shape");
                foreach (int extent in tensor.Shape) json.WriteNumberValue(extent);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += tensor.ByteCount);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        // Data begin at a multiple of eight bytes.
        while (buffer.Length % sizeof(long) != 0) buffer.WriteByte((byte)' ');
        return buffer.Length <= SafetensorsHeader.MaxLength
            ? buffer.ToArray()
            : throw new InvalidDataException(
                $"a safetensors header of {buffer.Length} bytes would not be read again; at most {SafetensorsHeader.MaxLength} are");
    }
}
