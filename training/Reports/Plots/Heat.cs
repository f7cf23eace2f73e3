using System.Text;

namespace Idsnn.Reports;

/// <summary>Shades of one colour for shares from 0 to 1, in eleven steps of the square root, so that small shares show.</summary>
internal static class Heat
{
    private const int Steps = 10;

    /// <summary>The class of a shade.</summary>
    public static string Style(double share) => $"q{Level(share)}";

    /// <summary>A scale to read the shades by.</summary>
    public static Html Scale(string name) => Html.Of($"""
        <p class="scale"><span>{name}</span>{Enumerable.Range(0, Steps + 1).Select(Swatch)}<span>%</span></p>
        """);

    /// <summary>A matrix without numbers, for many rows: one path for each shade.</summary>
    /// <param name="shares">[rows][columns], each from 0 to 1.</param>
    /// <param name="description">What it shows, for those who do not see it.</param>
    public static Html Matrix(IReadOnlyList<IReadOnlyList<double>> shares, string description)
    {
        int columns = shares.Count == 0 ? 0 : shares[0].Count;
        return Html.Of($"""
            <svg class="matrix" viewBox="0 0 {columns} {shares.Count}" role="img" aria-label="{description}">
            <rect class="q0" width="{columns}" height="{shares.Count}"/>{Enumerable.Range(1, Steps).Select(level => Cells(shares, level))}
            </svg>

            """);
    }

    private static int Level(double share) => double.IsNaN(share) ? 0 : (int)Math.Round(Steps * Math.Sqrt(Math.Clamp(share, 0, 1)));

    private static Html Swatch(int level) => Html.Of($"<span class=\"q{level}\">{level * level}</span>");

    private static Html Cells(IReadOnlyList<IReadOnlyList<double>> shares, int level)
    {
        var path = new StringBuilder();
        for (int y = 0; y < shares.Count; y++)
        {
            for (int x = 0; x < shares[y].Count; x++)
            {
                if (Level(shares[y][x]) == level) path.Append(System.Globalization.CultureInfo.InvariantCulture, $"M{x} {y}h1v1h-1z");
            }
        }

        return path.Length == 0 ? Html.Nothing : Html.Of($"<path class=\"q{level}\" d=\"{new Html(path.ToString())}\"/>");
    }
}
