using System.Collections;

namespace Idsnn.Training;

/// <summary>What one term of a loss came to.</summary>
/// <param name="Term">The term's name, see <see cref="LossTerm"/>.</param>
/// <param name="Value">A mean or a sum over images, before the term's weight.</param>
public sealed record LossValue(string Term, double Value);

/// <summary>What the terms of a loss came to, in the objective's order; two are equal where their terms and values are.</summary>
/// <param name="values">The terms.</param>
public sealed class LossValues(params IReadOnlyList<LossValue> values) : IReadOnlyList<LossValue>, IEquatable<LossValues>
{
    /// <summary>Of no terms.</summary>
    public static LossValues None { get; } = new();

    /// <summary>The number of terms.</summary>
    public int Count => values.Count;

    /// <summary>One term by its place.</summary>
    public LossValue this[int index] => values[index];

    /// <summary>The value of a term; 0 where there is no such term.</summary>
    public double this[string term] => values.FirstOrDefault(value => value.Term == term)?.Value ?? 0;

    /// <summary>The same terms with other values.</summary>
    /// <param name="function">From the old value to the new.</param>
    public LossValues Select(Func<double, double> function) =>
        new([.. values.Select(value => value with { Value = function(value.Value) })]);

    /// <inheritdoc/>
    public IEnumerator<LossValue> GetEnumerator() => values.GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(LossValues? other) => other is not null && values.SequenceEqual(other);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as LossValues);

    /// <inheritdoc/>
    public override int GetHashCode() => values.Aggregate(0, HashCode.Combine);

    /// <summary>The terms as a log line has them: ce 1.250, kl 0.250.</summary>
    public override string ToString() =>
        string.Join(", ", values.Select(value => FormattableString.Invariant($"{LossTerm.Brief(value.Term)} {value.Value:F3}")));

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
