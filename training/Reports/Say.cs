using System.Globalization;

namespace Idsnn.Reports;

/// <summary>Numbers as people read them, with their units; a narrow space stands between the two.</summary>
internal static class Say
{
    /// <summary>What stands where there is no number.</summary>
    public const string Unknown = "–";

    private const char Space = '\u202f';

    /// <summary>A share in percent, without the sign: for columns that have it at their head.</summary>
    public static string Share(double? share, int decimals = 2) =>
        share is { } s && double.IsFinite(s) ? Fixed(100 * s, decimals) : Unknown;

    /// <summary>93.42 %.</summary>
    public static string Percent(double? share, int decimals = 2) => share is { } s && double.IsFinite(s)
        ? Fixed(100 * s, decimals) + Space + '%'
        : Unknown;

    /// <summary>A difference of two shares, with its sign: −1.08 points.</summary>
    public static string Points(double difference) => $"{Signed(difference)}{Space}points";

    /// <summary>The same without the word, for columns that have it at their head.</summary>
    public static string Signed(double difference) => $"{(difference < 0 ? "−" : "+")}{Fixed(Math.Abs(100 * difference), 2)}";

    /// <summary>11,173,962.</summary>
    public static string Count(long n) => n.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>1 epoch, 2 epochs.</summary>
    public static string Count(long n, string noun) => $"{Count(n)} {noun}{(n == 1 ? string.Empty : "s")}";

    /// <summary>Three significant digits: 0.0123, 12.3, 1,230.</summary>
    public static string Short(double value)
    {
        if (!double.IsFinite(value)) return Unknown;
        if (value == 0) return "0";
        int magnitude = (int)Math.Floor(Math.Log10(Math.Abs(value)));
        if (magnitude < -4) return value.ToString("0.00e0", CultureInfo.InvariantCulture);
        double unit = Math.Pow(10, magnitude - 2);
        return Fixed(Math.Round(value / unit) * unit, Math.Max(2 - magnitude, 0));
    }

    /// <summary>Many of something: 556 M.</summary>
    public static string Many(double count) => Units.Count(count, Space);

    /// <summary>An energy: 222 µJ, 5.34 mJ.</summary>
    public static string Energy(double microjoules) => Units.Energy(microjoules, Space);

    /// <summary>4.2 s, 3 min 12 s, 2 h 05 min.</summary>
    public static string Duration(double seconds)
    {
        if (!double.IsFinite(seconds) || seconds > TimeSpan.MaxValue.TotalSeconds / 2) return Unknown;
        if (seconds < 60) return Fixed(seconds, seconds < 10 ? 2 : 1) + Space + 's';
        var time = TimeSpan.FromSeconds(Math.Round(seconds));
        return time.TotalHours < 1
            ? $"{time.Minutes}{Space}min {time.Seconds:00}{Space}s"
            : $"{(long)time.TotalHours}{Space}h {time.Minutes:00}{Space}min";
    }

    /// <summary>With a fixed number of decimals, and a true minus.</summary>
    public static string Fixed(double value, int decimals) =>
        value.ToString("N" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture).Replace('-', '−');

    /// <summary>ISO 8601 as people write it; as it is where it is something else.</summary>
    public static string Date(string iso) => DateTime.TryParse(iso, CultureInfo.InvariantCulture, out var at)
        ? at.ToString("d MMMM yyyy, HH:mm", CultureInfo.InvariantCulture)
        : iso;

    /// <summary>a, b and c.</summary>
    public static string List(IReadOnlyList<string> words) => words.Count switch
    {
        0 => string.Empty,
        1 => words[0],
        _ => $"{string.Join(", ", words.Take(words.Count - 1))} and {words[^1]}",
    };
}
