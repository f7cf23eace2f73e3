using System.Globalization;
using System.Runtime.InteropServices;

namespace Idsnn.Engine;

/// <summary>One tensor of a safetensors file, on the host: float32 or int64.</summary>
public sealed class StoredTensor
{
    // A span ends at 2 GiB, an array of floats at 8.
    private const int PartElements = 1 << 26;

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

    /// <summary>The type as safetensors files name it.</summary>
    internal string Type => Floats is null ? "I64" : "F32";

    internal long ByteCount => Floats is null ? (long)Integers!.Length * sizeof(long) : (long)Floats.Length * sizeof(float);

    /// <summary>How many pieces its bytes come in.</summary>
    internal int Parts => (int)((Length + (long)PartElements - 1) / PartElements);

    private int Length => Floats?.Length ?? Integers!.Length;

    /// <summary>Sees that a float32 tensor holds numbers; int64 ones always do.</summary>
    /// <param name="name">What the message calls it.</param>
    /// <param name="least">The least that a number may be.</param>
    /// <exception cref="InvalidDataException">One is NaN, infinite or less; the message says which and where.</exception>
    public void RequireNumbers(string name, float least = float.MinValue)
    {
        for (int i = 0; i < Floats?.Length; i++)
        {
            if (Floats[i] >= least && Floats[i] <= float.MaxValue) continue;
            string expected = least > float.MinValue ? $"a finite number of at least {least}" : "a finite number";
            throw new InvalidDataException(
                string.Create(CultureInfo.InvariantCulture, $"'{name}' is {Floats[i]} at {Place(i)} of {Shape}, expected {expected}"));
        }
    }

    /// <summary>A piece of its bytes, to be read or filled.</summary>
    internal Span<byte> Part(int part)
    {
        int start = part * PartElements, count = Math.Min(PartElements, Length - start);
        return Floats is null ? MemoryMarshal.AsBytes(Integers.AsSpan(start, count)) : MemoryMarshal.AsBytes(Floats.AsSpan(start, count));
    }

    /// <summary>An element's index in each dimension: [3, 0, 2, 2].</summary>
    private string Place(int element)
    {
        int[] place = [.. Shape];
        for (int d = place.Length - 1; d >= 0; d--) (element, place[d]) = Math.DivRem(element, place[d]);
        return $"[{string.Join(", ", place)}]";
    }
}
