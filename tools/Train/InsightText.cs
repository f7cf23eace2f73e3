using System.Globalization;
using System.Text;
using Idsnn.Datasets;
using Idsnn.Training;

namespace Idsnn.Tools.Train;

/// <summary>What a network does on a test set, for people to read.</summary>
internal static class InsightText
{
    private const int Confusions = 3;

    public static string Of(NetworkInsight insight)
    {
        var text = new StringBuilder();
        Line(text, $"what the {insight.Network} does on {insight.Images:N0} test images");
        if (insight.Layers.Count > 0) Layers(text, insight.Layers);
        if (insight.AccuracyByTimestep.Count > 1)
        {
            Line(
                text,
                $"accuracy after 1 … {insight.AccuracyByTimestep.Count} steps: ",
                $"{string.Join(", ", insight.AccuracyByTimestep.Select(Percent))}");
        }

        string teacher = insight.TeacherEnergy is { } energy ? $"; the teacher's {Energy(energy)}" : string.Empty;
        Line(
            text,
            $"arithmetic per image {Energy(insight.Energy)}{teacher} (at {insight.Energy.MacPicojoules} pJ a MAC and ",
            $"{insight.Energy.AccumulatePicojoules} pJ an AC)");
        if (insight.Energy.MacsWithPadding is { } macs) Line(text, $"{Padded(insight, macs)}");
        string confused = string.Join(", ", MostConfused(insight).Take(Confusions));
        if (confused.Length > 0) Line(text, $"taken for another most often: {confused}");
        return text.ToString().TrimEnd();
    }

    private static void Layers(StringBuilder text, IReadOnlyList<LayerActivity> layers)
    {
        Line(text, $"{"neurons behind",-22} {"shape",12} {"spikes/step",11} {"silent",8} {"saturated",9} {"in window",9}");
        foreach (var layer in layers)
        {
            Line(
                text,
                $"{layer.Name,-22} {layer.Shape,12} {layer.MeanRate,11:F3} {layer.SilentChannels,8:P0} {layer.SaturatedChannels,9:P0} ",
                $"{layer.InWindow,9:P0}");
        }
    }

    private static string Energy(EnergyEstimate energy)
    {
        string accumulates = energy.Accumulates > 0 ? $" + {Units.Count(energy.Accumulates)} AC" : string.Empty;
        return $"{Units.Energy(energy.Microjoules)}, {Units.Count(energy.Macs)} MAC{accumulates}";
    }

    /// <summary>What published tables count; they have padding in them.</summary>
    private static string Padded(NetworkInsight insight, double macs) =>
        $"zero padding is left out there; with it, as published tables count, one pass of the {insight.Network} is {Units.Count(macs)} MAC"
        + (insight.TeacherEnergy?.MacsWithPadding is { } teacher ? $", of the teacher {Units.Count(teacher)}" : string.Empty);

    private static IEnumerable<string> MostConfused(NetworkInsight insight) =>
        from row in Enumerable.Range(0, insight.ClassNames.Count)
        from column in Enumerable.Range(0, insight.ClassNames.Count)
        let count = insight.Confusion[row][column]
        where row != column && count > 0
        orderby count descending, row, column
        let names = (Right: SafeText.Of(insight.ClassNames[row]), Taken: SafeText.Of(insight.ClassNames[column]))
        select string.Create(CultureInfo.InvariantCulture, $"{names.Right} for {names.Taken} ({count})");

    private static string Percent(double share) => share.ToString("P2", CultureInfo.InvariantCulture);

    private static void Line(StringBuilder text, params FormattableString[] parts) =>
        text.AppendLine(string.Concat(parts.Select(FormattableString.Invariant)));
}
