using System.Buffers.Binary;
using System.Text.Json;

namespace Idsnn.Tests.Training;

/// <summary>The traces that PyTorch recorded (tests/reference/README.md).</summary>
internal static class Fixtures
{
    private static string Folder => Path.Combine(TestContext.CurrentContext.TestDirectory, "fixtures");

    public static IEnumerable<string> Names() =>
        Directory.GetFiles(Folder, "*.safetensors").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal);

    public static string PathOf(string name) => Path.Combine(Folder, $"{name}.safetensors");

    /// <summary>The tensors' names in the order in which PyTorch's state dicts gave them.</summary>
    public static IEnumerable<string> NamesInOrder(string name)
    {
        byte[] file = File.ReadAllBytes(PathOf(name));
        using var header = JsonDocument.Parse(file.AsMemory(8, (int)BinaryPrimitives.ReadInt64LittleEndian(file)));
        return [.. header.RootElement.EnumerateObject().Select(p => p.Name)];
    }
}
