using System.Globalization;
using Idsnn.Engine;

namespace Idsnn.Training;

/// <summary>How values of a type are written, and read again.</summary>
/// <param name="Expected">What a text must be, in words.</param>
/// <param name="Parse">The value of a text; null where it has none.</param>
/// <param name="Show">The text of a value.</param>
/// <param name="None">The word for no value.</param>
internal sealed record SettingKind(string Expected, Func<string, object?> Parse, Func<object, string> Show, string? None)
{
    private const string Decimals = "a number (write decimals with a point)";

    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    private static readonly (string, object)[] Precisions =
        [("fp32", Precision.Full), ("tf32", Precision.Tf32), ("bf16", Precision.BFloat16)];

    /// <summary>Whether it is true or false.</summary>
    public bool IsFlag { get; private init; }

    /// <summary>Whether it is a number.</summary>
    public bool TakesNumber { get; private init; }

    /// <summary>Whether it is a list of numbers.</summary>
    public bool TakesList { get; private init; }

    /// <summary>The text of a value; null where there is none to be written.</summary>
    public string? Write(object? value) => value is null or IReadOnlyList<int> { Count: 0 } ? None : Show(value);

    /// <summary>Reads a value.</summary>
    public bool TryRead(string text, out object? value)
    {
        bool none = text.Equals(None, StringComparison.OrdinalIgnoreCase);
        value = none ? TakesList ? Array.Empty<int>() : null : Parse(text);
        return none || value is not null;
    }

    /// <summary>The kind of a member's type.</summary>
    public static SettingKind Of(Type member, string? none)
    {
        var type = Nullable.GetUnderlyingType(member) ?? member;
        string orNone = none is null ? string.Empty : $", or {none}";
        if (type == typeof(Precision)) return Words(Precisions, none);
        if (type.IsEnum) return Words([.. from object value in Enum.GetValues(type) select ($"{value}".ToLowerInvariant(), value)], none);
        if (type == typeof(bool)) return new("true or false", Flag, value => (bool)value ? "true" : "false", none) { IsFlag = true };
        if (type == typeof(int)) return Number("a whole number of at most nine digits" + orNone, Whole, none);
        if (type == typeof(ulong)) return Number("a whole number from 0 on", text => Natural(text), none);
        if (type == typeof(float)) return Number(Decimals, text => Single(text), none);
        if (type == typeof(double)) return Number(Decimals, text => Double(text), none);
        if (type == typeof(string)) return new("text", text => text.Length > 0 ? text : null, value => (string)value, none);
        if (type == typeof(IReadOnlyList<int>))
        {
            string expected = "a list of whole numbers such as 60,120,160" + orNone;
            return new(expected, List, value => string.Join(',', (IReadOnlyList<int>)value), none)
            {
                TakesNumber = true,
                TakesList = true,
            };
        }

        throw new ArgumentException($"no setting is a {type.Name}");
    }

    private static SettingKind Words(IReadOnlyList<(string Word, object Value)> words, string? none) => new(
        "one of " + string.Join(", ", none is null ? words.Select(w => w.Word) : words.Select(w => w.Word).Append(none)),
        text => words.FirstOrDefault(w => w.Word.Equals(text, StringComparison.OrdinalIgnoreCase)).Value,
        value => words.First(w => w.Value.Equals(value)).Word,
        none);

    private static SettingKind Number(string expected, Func<string, object?> parse, string? none) =>
        new(expected, parse, value => ((IFormattable)value).ToString(null, Culture), none) { TakesNumber = true };

    private static object? Flag(string text) => text switch
    {
        "true" => true,
        "false" => false,
        _ => null,
    };

    private static object? Whole(string text) => int.TryParse(text, NumberStyles.AllowLeadingSign, Culture, out int number) ? number : null;

    private static float? Single(string text) => float.TryParse(text, NumberStyles.Float, Culture, out float number) ? number : null;

    private static double? Double(string text) => double.TryParse(text, NumberStyles.Float, Culture, out double number) ? number : null;

    private static ulong? Natural(string text) => ulong.TryParse(text, NumberStyles.None, Culture, out ulong number) ? number : null;

    private static int[]? List(string text)
    {
        string[] parts = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        int[] numbers = new int[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (!int.TryParse(parts[i], NumberStyles.None, Culture, out numbers[i])) return null;
        }

        return numbers.Length > 0 ? numbers : null;
    }
}
