using System.Runtime.CompilerServices;

namespace Idsnn.Engine;

/// <summary>The extents of a tensor, outermost first; written as a collection: <c>Shape s = [8, 32, 32, 3];</c>.</summary>
[CollectionBuilder(typeof(Shape), nameof(Create))]
public readonly struct Shape : IEquatable<Shape>
{
    private readonly int[]? extents;

    private Shape(int[] extents) => this.extents = extents;

    /// <summary>Number of dimensions.</summary>
    public int Rank => Extents.Length;

    /// <summary>Number of elements. (Not called Count, which a collection expression would take for the rank.)</summary>
    public int Size
    {
        get
        {
            long count = 1;
            foreach (int extent in Extents)
            {
                count *= extent;
                Require.That(
                    count <= int.MaxValue, $"a tensor of shape {this} has over 2³¹ elements; lower the batch size, width or time-steps");
            }

            return (int)count;
        }
    }

    private int[] Extents => extents ?? [];

    /// <summary>The extent of a dimension.</summary>
    /// <param name="dimension">From 0 on, or from the end.</param>
    public int this[Index dimension] => Extents[dimension];

    /// <summary>Some of the dimensions.</summary>
    /// <param name="range">Which.</param>
    public Shape this[Range range] => new(Extents[range]);

    /// <summary>Equal extents.</summary>
    public static bool operator ==(Shape left, Shape right) => left.Equals(right);

    /// <summary>Unequal extents.</summary>
    public static bool operator !=(Shape left, Shape right) => !left.Equals(right);

    /// <summary>Makes a shape of its extents.</summary>
    /// <exception cref="ArgumentException">An extent is negative.</exception>
    public static Shape Create(ReadOnlySpan<int> extents)
    {
        var shape = new Shape(extents.ToArray());
        Require.That(extents.IndexOfAnyInRange(int.MinValue, -1) < 0, $"a shape has no negative extents, got {shape}");
        return shape;
    }

    /// <summary>The extents, to enumerate or spread.</summary>
    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)Extents).GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(Shape other) => Extents.AsSpan().SequenceEqual(other.Extents);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (int extent in Extents) hash.Add(extent);
        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public override string ToString() => $"[{string.Join(", ", Extents)}]";
}
