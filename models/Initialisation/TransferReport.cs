using System.Text;
using Idsnn.Engine;

namespace Idsnn.Models;

/// <summary>How a target got its values.</summary>
public enum TransferKind
{
    /// <summary>Equal shapes: copied.</summary>
    Copied,

    /// <summary>Other channel counts: looped over the source's channels.</summary>
    Looped,

    /// <summary>Not transferred.</summary>
    Random,
}

/// <summary>One line of a transfer report.</summary>
/// <param name="Target">The student's tensor.</param>
/// <param name="TargetShape">Its shape.</param>
/// <param name="Source">The teacher's, or null.</param>
/// <param name="SourceShape">Its shape, or null.</param>
/// <param name="Kind">How.</param>
public sealed record Transfer(string Target, Shape TargetShape, string? Source, Shape? SourceShape, TransferKind Kind)
{
    /// <summary>The block of the student that the target belongs to, or the layer that stands alone.</summary>
    public string Block { get; init; } = string.Empty;

    /// <summary>The block of the teacher that the source belongs to; null without a source.</summary>
    public string? SourceBlock { get; init; }
}

/// <summary>What came from where.</summary>
/// <param name="Transfers">One entry per tensor of the student.</param>
public sealed record TransferReport(IReadOnlyList<Transfer> Transfers)
{
    /// <summary>"114 copied, 0 looped, 20 random".</summary>
    public string Totals => string.Join(", ", Enum.GetValues<TransferKind>().Select(kind =>
        $"{Transfers.Count(t => t.Kind == kind)} {Word(kind)}"));

    /// <summary>A line for each block: where it came from, and how many of its tensors were copied, looped and left random.</summary>
    public string Summary
    {
        get
        {
            var text = new StringBuilder();
            foreach (var block in Transfers.GroupBy(t => t.Block))
            {
                string source = block.Select(t => t.SourceBlock).FirstOrDefault(name => name is not null) is { } name
                    ? $"← {name}"
                    : string.Empty;
                var counts = Enum.GetValues<TransferKind>().Select(kind => (Kind: kind, Count: block.Count(t => t.Kind == kind)));
                text.AppendLine(
                    $"{block.Key,-12} {source,-14} "
                        + $"{string.Join(", ", counts.Where(c => c.Count > 0).Select(c => $"{c.Count} {Word(c.Kind)}"))}");
            }

            return text.Append(Totals).ToString();
        }
    }

    /// <summary>A table of all tensors, target ← source.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var t in Transfers)
        {
            string source = t.Source is null ? string.Empty : $"← {t.Source} {t.SourceShape}";
            text.AppendLine($"{Word(t.Kind),-7} {$"{t.Target} {t.TargetShape}",-56} {source}".TrimEnd());
        }

        return text.Append(Totals).ToString();
    }

    private static string Word(TransferKind kind) => kind switch
    {
        TransferKind.Copied => "copied",
        TransferKind.Looped => "looped",
        _ => "random",
    };
}
