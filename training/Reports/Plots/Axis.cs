using System.Globalization;

namespace Idsnn.Reports;

/// <summary>An axis from its least to its greatest value, with round ticks.</summary>
/// <param name="Min">The value at its start.</param>
/// <param name="Max">The value at its end; above Min.</param>
/// <param name="Ticks">Values that are marked, within the axis.</param>
/// <param name="Logarithmic">Whether equal lengths are equal ratios.</param>
internal sealed record Axis(double Min, double Max, IReadOnlyList<double> Ticks, bool Logarithmic = false)
{
    // Of the values themselves: ticks closer than that would be one number.
    private const double LeastSpan = 1e-12;

    /// <summary>An axis that holds all the finite values.</summary>
    /// <param name="values">What is to be shown.</param>
    /// <param name="from">Where it begins at the latest; where the least value lies if left out.</param>
    /// <param name="to">Where it must end; behind the greatest value if left out.</param>
    public static Axis Linear(IEnumerable<double> values, double? from = null, double? to = null)
    {
        var (low, high) = Range(values);
        low = Math.Min(low, from ?? low);
        high = to ?? high;
        double size = Math.Max(Math.Abs(low), Math.Abs(high));
        if (!(high - low > Math.Max(size * LeastSpan, double.Epsilon / LeastSpan)))
        {
            double room = Math.Max(0.5, size * LeastSpan);
            (low, high) = (low == from ? low : low - room, Math.Max(high, low) + room);
        }

        double step = Step((high - low) / 4);
        double first = Math.Floor((low / step) + 1e-9);
        double last = to is null ? Math.Ceiling((high / step) - 1e-9) : Math.Floor((high / step) + 1e-9);
        double[] ticks = [.. Enumerable.Range(0, (int)(last - first) + 1).Select(i => (first + i) * step)];
        return new Axis(ticks[0], Math.Max(ticks[^1], high), ticks);
    }

    /// <summary>An axis of whole numbers from the first to the last, which need not be round.</summary>
    public static Axis Whole(int first, int last)
    {
        int span = Math.Max(last - first, 1);
        int step = span <= 8 ? 1 : (int)Step(span / 5.0);
        int[] ticks = [.. Enumerable.Range(0, (last / step) + 1).Select(i => i * step).Where(tick => tick >= first)];
        return new Axis(first, first + span, [.. ticks.Select(tick => (double)tick)]);
    }

    /// <summary>An axis of whole numbers from 1, with room for what is written at its ends.</summary>
    public static Axis Steps(int last) => Whole(1, last) with { Min = 0.6, Max = last + 0.4 };

    /// <summary>An axis of decades around the values above zero; a linear one where they do not span one.</summary>
    public static Axis Log(IReadOnlyCollection<double> values)
    {
        double[] above = [.. values.Where(v => double.IsFinite(v) && v > 0)];
        if (above.Length == 0 || above.Length < values.Count || above.Max() < 10 * above.Min()) return Linear(values, 0);
        int first = (int)Math.Floor(Math.Log10(above.Min()) + 1e-9), last = (int)Math.Ceiling(Math.Log10(above.Max()) - 1e-9);
        int stride = ((last - first - 1) / 6) + 1;
        double[] ticks = [.. Enumerable.Range(0, last - first + 1).Where(i => i % stride == 0).Select(i => Math.Pow(10, first + i))];
        return new Axis(Math.Pow(10, first), Math.Pow(10, last), ticks, true);
    }

    /// <summary>Where a value lies, 0 at the start and 1 at the end.</summary>
    public double Place(double value) => Logarithmic
        ? Math.Log(value / Min) / Math.Log(Max / Min)
        : (value - Min) / (Max - Min);

    /// <summary>A tick's text; all ticks have as many decimals.</summary>
    public string Text(double tick)
    {
        if (Logarithmic)
        {
            int exponent = (int)Math.Round(Math.Log10(tick));
            return exponent is >= -3 and <= 4 ? tick.ToString("#,##0.###", CultureInfo.InvariantCulture) : "10" + Superscript(exponent);
        }

        double step = Ticks.Count > 1 ? Ticks[1] - Ticks[0] : 1;
        if (Math.Max(Math.Abs(Min), Math.Abs(Max)) >= 1e6 || step < 1e-6)
        {
            int exponent = tick == 0 ? 0 : (int)Math.Floor(Math.Log10(Math.Abs(tick)) + 1e-9);
            string mantissa = (tick / Math.Pow(10, exponent)).ToString("0.##", CultureInfo.InvariantCulture).Replace('-', '−');
            return exponent == 0 ? mantissa : $"{mantissa}·10{Superscript(exponent)}";
        }

        return Say.Fixed(tick + 0.0, Math.Clamp(-(int)Math.Floor(Math.Log10(step) + 1e-9), 0, 8));
    }

    private static (double Low, double High) Range(IEnumerable<double> values)
    {
        double[] finite = [.. values.Where(double.IsFinite)];
        return finite.Length == 0 ? (0, 1) : (finite.Min(), finite.Max());
    }

    /// <summary>The next of 1, 2, 5, 10, … at or above a length.</summary>
    private static double Step(double atLeast)
    {
        double decade = Math.Pow(10, Math.Floor(Math.Log10(atLeast) + 1e-9));
        double[] round = [1, 2, 5, 10];
        return decade * round.First(r => r * decade >= atLeast * (1 - 1e-9));
    }

    private static string Superscript(int n) =>
        string.Concat(n.ToString(CultureInfo.InvariantCulture).Select(c => c == '-' ? '⁻' : "⁰¹²³⁴⁵⁶⁷⁸⁹"[c - '0']));
}
