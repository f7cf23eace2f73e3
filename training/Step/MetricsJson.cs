using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Idsnn.Training;

/// <summary>
/// Metrics in JSON: an object of numbers, of which those with a name that is none of the record's own are the loss's terms.
/// </summary>
/// <typeparam name="T">The record.</typeparam>
/// <param name="own">The names of its own numbers.</param>
internal abstract class NumbersJson<T>(params IReadOnlyList<string> own) : JsonConverter<T>
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException("an object of numbers was expected");
        var numbers = new Dictionary<string, double>();
        var terms = new List<LossValue>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            reader.Read();
            double number = Number(ref reader, name);
            if (own.Contains(name)) numbers[name] = number;
            else terms.Add(new LossValue(name, number));
        }

        return Make(numbers, new LossValues([.. terms]));
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach (var (name, number) in Numbers(value))
        {
            if (double.IsFinite(number)) writer.WriteNumber(name, number);
            else writer.WriteString(name, number.ToString(CultureInfo.InvariantCulture));
        }

        writer.WriteEndObject();
    }

    protected abstract T Make(IReadOnlyDictionary<string, double> own, LossValues terms);

    protected abstract IEnumerable<(string Name, double Number)> Numbers(T value);

    protected static IEnumerable<(string Name, double Number)> Terms(LossValues terms) => terms.Select(term => (term.Term, term.Value));

    /// <summary>A whole number that may be left out and is 0 then.</summary>
    protected static int Whole(IReadOnlyDictionary<string, double> numbers, string name)
    {
        double number = numbers.GetValueOrDefault(name);
        return number == Math.Truncate(number) && Math.Abs(number) <= int.MaxValue
            ? (int)number
            : throw new JsonException($"'{name}' is {number.ToString(CultureInfo.InvariantCulture)}, expected a whole number");
    }

    private static double Number(ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out double number)) return number;
        return (reader.TokenType == JsonTokenType.String ? reader.GetString() : null) switch
        {
            "NaN" => double.NaN,
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            _ => throw new JsonException($"'{name}' is no number"),
        };
    }
}

/// <summary><see cref="Metrics"/> in JSON.</summary>
internal sealed class MetricsJson() : NumbersJson<Metrics>("images", "loss", "accuracy")
{
    protected override Metrics Make(IReadOnlyDictionary<string, double> own, LossValues terms) =>
        new(Whole(own, "images"), own.GetValueOrDefault("loss"), terms, own.GetValueOrDefault("accuracy"));

    protected override IEnumerable<(string Name, double Number)> Numbers(Metrics value) =>
        [("images", value.Images), ("loss", value.Loss), .. Terms(value.Terms), ("accuracy", value.Accuracy)];
}

/// <summary><see cref="MetricTotals"/> in JSON.</summary>
internal sealed class MetricTotalsJson() : NumbersJson<MetricTotals>("images", "loss", "correct", "not_finite", "skipped")
{
    protected override MetricTotals Make(IReadOnlyDictionary<string, double> own, LossValues terms) => new(
        Whole(own, "images"), (float)own.GetValueOrDefault("loss"), terms, (float)own.GetValueOrDefault("correct"),
        Whole(own, "not_finite"), Whole(own, "skipped"));

    protected override IEnumerable<(string Name, double Number)> Numbers(MetricTotals value) =>
    [
        ("images", value.Images), ("loss", value.Loss), .. Terms(value.Terms), ("correct", value.Correct), ("not_finite", value.NotFinite),
        ("skipped", value.Skipped),
    ];
}
