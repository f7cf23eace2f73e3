using System.Globalization;

namespace Idsnn.Training;

/// <summary>Energies and counts with three significant digits and the prefix that fits: 2.22 mJ, 1.16 G.</summary>
public static class Units
{
    private const int Steps = 1000;

    private static readonly string[] Prefixes = ["p", "n", "µ", "m", "", "k", "M", "G", "T"];
    private static readonly int One = Array.IndexOf(Prefixes, string.Empty);

    /// <summary>2.22 mJ.</summary>
    /// <param name="microjoules">The energy in µJ, at least 0.</param>
    /// <param name="space">Stands between number and unit.</param>
    public static string Energy(double microjoules, char space = ' ') => Scaled(microjoules, Array.IndexOf(Prefixes, "µ"), 0, space) + "J";

    /// <summary>556 M; 7 for small whole numbers.</summary>
    /// <param name="count">At least 0.</param>
    /// <param name="space">Stands between number and prefix.</param>
    public static string Count(double count, char space = ' ') => Scaled(count, One, One, space).TrimEnd(space);

    private static string Scaled(double value, int prefix, int least, char space)
    {
        if (value == 0 || !double.IsFinite(value)) return $"{(value == 0 ? "0" : "–")}{space}{Prefixes[prefix]}";
        for (; Rounded(value) >= Steps && prefix < Prefixes.Length - 1; prefix++) value /= Steps;
        for (; Rounded(value) < 1 && prefix > least; prefix--) value *= Steps;
        double rounded = Rounded(value);
        string format = prefix == One && rounded == Math.Floor(rounded) ? "N0" : rounded >= 100 ? "N0" : rounded >= 10 ? "N1" : "N2";
        return $"{rounded.ToString(format, CultureInfo.InvariantCulture)}{space}{Prefixes[prefix]}";
    }

    /// <summary>To three significant digits.</summary>
    private static double Rounded(double value) =>
        double.Parse(value.ToString("E2", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
