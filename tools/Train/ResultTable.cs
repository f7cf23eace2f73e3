using System.Globalization;
using System.Text;
using Idsnn.Training;

namespace Idsnn.Tools.Train;

/// <summary>Networks and how good they got, last and best.</summary>
internal static class ResultTable
{
    public static string Format(IReadOnlyList<(string Name, NetworkResult Result)> rows)
    {
        int width = rows.Max(row => row.Name.Length);
        var text = new StringBuilder();
        text.Append("network".PadRight(width)).AppendLine("  epochs     last     best");
        foreach (var (name, result) in rows)
        {
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"{name.PadRight(width)}  {result.Epochs,6}  {result.LastAccuracy,7:P2}  {result.BestAccuracy,7:P2}");
        }

        return text.ToString();
    }
}
