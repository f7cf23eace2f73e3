namespace Idsnn.Reports;

/// <summary>How much the spiking layers fire, step by step.</summary>
internal static class FiringSection
{
    // More time-steps than this have no room for their numbers.
    private const int MostWithNumbers = 16;

    // A layer is marked when this share of its channels is dead, or when so few membranes are where gradients pass.
    private const double Dead = 0.5, Blind = 0.01;

    public static Html Of(RunView run)
    {
        if (run.Insight is not { Layers.Count: > 0 } insight) return Html.Nothing;
        int steps = insight.Layers.Max(layer => layer.FiringRates.Count);
        bool numbers = steps <= MostWithNumbers, remarks = insight.Layers.Any(layer => Remark(layer).Length > 0);
        var table = Html.Of($"""
            <table class="heat firing">
            <thead><tr><th scope="col" class="text">layer</th><th scope="col" class="text">H×W×C</th>
            {Enumerable.Range(1, numbers ? steps : 0).Select(t => Html.Of($"<th scope=\"col\">t = {t}</th>"))}
            <th scope="col">mean, %</th><th scope="col">silent<br/>channels, %</th><th scope="col">saturated<br/>channels, %</th>
            <th scope="col">in window, %</th>
            {(remarks ? new Html("<th scope=\"col\" class=\"text\">remark</th>") : Html.Nothing)}</tr></thead>
            <tbody>
            {insight.Layers.Select(layer => Row(layer, numbers ? steps : 0, remarks))}</tbody></table>
            """);
        string caption = $"Firing rate, %, by layer and time-step on {Say.Count(insight.Images)} test images. "
            + "A silent channel never fires; a saturated one fires at every step nearly everywhere; "
            + "in window: membranes that the surrogate lets gradients through.";
        return Html.Of($"""
            <p>{Html.Prose(Finding(insight.Layers))}</p>
            {(numbers ? Html.Nothing : Map(insight.Layers))}
            {Figure.Of("Firing rates", table, caption, Heat.Scale("spikes per neuron and step"))}
            """);
    }

    /// <summary>What the rates mean, in a sentence or two; nothing where there are none.</summary>
    public static string Finding(IReadOnlyList<LayerActivity> layers)
    {
        string[] silent = Names(layers, IsSilent), saturated = Names(layers, IsSaturated), blind = Names(layers, IsBlind);
        if (layers.Count == 0) return string.Empty;
        var (low, high) = (layers.MinBy(layer => layer.MeanRate)!, layers.MaxBy(layer => layer.MeanRate)!);
        string range = $"From {Say.Percent(low.MeanRate, 1)} ({low.Name}) to {Say.Percent(high.MeanRate, 1)} ({high.Name}) "
            + "of a layer’s neurons fire at a time-step.";
        if (silent.Length + saturated.Length + blind.Length == 0)
        {
            return range + " None is silent, saturated or out of its gradients’ reach: all carry information and can learn.";
        }

        return range
            + Sentence(
                silent, "mostly silent: what does not fire passes nothing on and costs depth without use.",
                "A lower threshold or a larger γ at batch-norm’s start")
            + Sentence(
                saturated, "mostly saturated: spikes at every step say no more than a constant, at the full price.", "A higher threshold")
            + Sentence(
                blind, "outside the surrogate’s window: hardly a membrane lets a gradient through, so the layers before learn little.",
                "A wider surrogate");
    }

    private static string Sentence(string[] names, string what, string remedy) => names.Length == 0
        ? string.Empty
        : $" {Say.List(names)} {(names.Length == 1 ? "is" : "are")} {what} {remedy} usually helps.";

    private static string[] Names(IReadOnlyList<LayerActivity> layers, Func<LayerActivity, bool> which) =>
        [.. layers.Where(which).Select(layer => layer.Name)];

    private static bool IsSilent(LayerActivity layer) => layer.SilentChannels >= Dead;

    private static bool IsSaturated(LayerActivity layer) => layer.SaturatedChannels >= Dead;

    private static bool IsBlind(LayerActivity layer) => layer.InWindow < Blind;

    private static string Remark(LayerActivity layer) => string.Join(", ", (string[])
    [
        .. IsSilent(layer) ? ["silent"] : Array.Empty<string>(),
        .. IsSaturated(layer) ? ["saturated"] : Array.Empty<string>(),
        .. IsBlind(layer) ? ["no gradients"] : Array.Empty<string>(),
    ]);

    private static Html Row(LayerActivity layer, int steps, bool remarks)
    {
        string remark = Remark(layer);
        var cells = Enumerable.Range(0, steps)
            .Select(t => t < layer.FiringRates.Count ? Cell(layer.FiringRates[t]) : new Html("<td></td>"));
        return Html.Of($"""
            <tr{new Html(remark.Length == 0 ? string.Empty : " class=\"flagged\"")}><th scope="row">{layer.Name}</th>
            <td class="text shape">{layer.Shape}</td>{cells}<td class="sum">{Say.Share(layer.MeanRate, 1)}</td>
            <td>{Say.Share(layer.SilentChannels, 1)}</td><td>{Say.Share(layer.SaturatedChannels, 1)}</td>
            <td>{Say.Share(layer.InWindow, 1)}</td>
            {(remarks ? Html.Of($"<td class=\"text remark\">{remark}</td>") : Html.Nothing)}</tr>

            """);
    }

    private static Html Cell(double rate) => Html.Of($"<td class=\"{Heat.Style(rate)}\">{Say.Share(rate, 1)}</td>");

    private static Html Map(IReadOnlyList<LayerActivity> layers)
    {
        string caption = $"Firing rate by layer (row, from {layers[0].Name} to {layers[^1].Name}) and time-step (column).";
        return Figure.Of("Firing rate", Heat.Matrix([.. layers.Select(layer => layer.FiringRates)], caption), caption);
    }
}
