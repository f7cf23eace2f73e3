namespace Idsnn.Reports;

/// <summary>Which classes are taken for which.</summary>
internal static class ConfusionSection
{
    // More classes than this have no room for their numbers.
    private const int MostWithNumbers = 20, MostPairs = 12;

    public static Html Of(RunView run)
    {
        if (run.Insight is not { Confusion.Count: > 0 } insight) return Html.Nothing;
        int right = insight.Confusion.Select((row, k) => row[k]).Sum();
        string all = $"{Say.Count(insight.Images)} test images through the {insight.Network}, {Say.Count(right)} of them right. "
            + "Rows are the true class, columns the class predicted; shades are shares of the row.";
        return insight.ClassNames.Count <= MostWithNumbers
            ? Html.Of($"<div class=\"beside\">{Table(insight, all)}{Pairs(insight)}</div>\n")
            : Html.Of($"<div class=\"beside\">{Compact(insight, all)}<div>{Pairs(insight)}{Hardest(insight)}</div></div>\n");
    }

    private static Html Table(NetworkInsight insight, string caption) => Figure.Of("Confusion matrix", Html.Of($"""
        <table class="heat confusion">
        <thead><tr><th scope="col" class="text">true class</th>
        {insight.ClassNames.Select(name => Html.Of($"<th scope=\"col\"><span>{name}</span></th>"))}
        <th scope="col"><span>right, %</span></th></tr></thead>
        <tbody>
        {insight.ClassNames.Select((name, k) => Row(insight, name, k))}</tbody></table>
        """), caption, Heat.Scale("share of the class"));

    private static Html Row(NetworkInsight insight, string name, int k)
    {
        var row = insight.Confusion[k];
        int images = row.Sum();
        var cells = row.Select((count, j) =>
        {
            string style = Heat.Style(Share(count, images)) + (j == k ? " own" : string.Empty);
            return Html.Of($"<td class=\"{style}\">{(count == 0 ? "·" : Say.Count(count))}</td>");
        });
        string right = images == 0 ? Say.Unknown : Say.Share(Share(row[k], images), 1);
        return Html.Of($"<tr><th scope=\"row\">{name}</th>{cells}<td class=\"sum\">{right}</td></tr>\n");
    }

    private static Html Compact(NetworkInsight insight, string caption)
    {
        var shares = insight.Confusion.Select(row => (IReadOnlyList<double>)[.. row.Select(count => Share(count, row.Sum()))]).ToList();
        int last = insight.ClassNames.Count - 1;
        string order = $" Classes in their order, from {insight.ClassNames[0]} (top, left) to {insight.ClassNames[last]} (bottom, right).";
        return Html.Of($"""
            <figure>{Heat.Matrix(shares, $"Confusion matrix of {last + 1} classes. {caption}{order}")}
            {Heat.Scale("share of the class")}<figcaption>{caption}{order}</figcaption></figure>

            """);
    }

    private static Html Pairs(NetworkInsight insight)
    {
        var pairs = (
            from k in Enumerable.Range(0, insight.Confusion.Count)
            from j in Enumerable.Range(0, insight.Confusion[k].Count)
            where j != k && insight.Confusion[k][j] > 0
            orderby insight.Confusion[k][j] descending, k, j
            select (k, j)).Take(MostPairs).ToList();
        return pairs.Count == 0 ? Html.Nothing : Html.Of($"""
            <table class="numbers pairs"><caption>Most often confused</caption>
            <thead><tr><th scope="col" class="text">true class</th><th scope="col" class="text">taken for</th><th scope="col">images</th>
            <th scope="col">of the class, %</th></tr></thead>
            <tbody>
            {pairs.Select(pair => Pair(insight, pair.k, pair.j))}</tbody></table>

            """);
    }

    private static Html Pair(NetworkInsight insight, int k, int j)
    {
        int count = insight.Confusion[k][j];
        return Html.Of($"""
            <tr><th scope="row">{insight.ClassNames[k]}</th><td class="text">{insight.ClassNames[j]}</td><td>{Say.Count(count)}</td>
            <td>{Say.Share(Share(count, insight.Confusion[k].Sum()), 1)}</td></tr>

            """);
    }

    private static Html Hardest(NetworkInsight insight)
    {
        var classes = insight.ClassNames
            .Select((name, k) => (Name: name, Images: insight.Confusion[k].Sum(), Right: insight.Confusion[k][k]))
            .Where(c => c.Images > 0)
            .OrderBy(c => Share(c.Right, c.Images)).Take(MostPairs / 2).ToList();
        return Html.Of($"""
            <table class="numbers pairs"><caption>Hardest classes</caption>
            <thead><tr><th scope="col" class="text">class</th><th scope="col">images</th><th scope="col">right, %</th></tr></thead>
            <tbody>
            {classes.Select(c => Class(c.Name, c.Images, c.Right))}</tbody></table>

            """);
    }

    private static Html Class(string name, int images, int right) =>
        Html.Of($"<tr><th scope=\"row\">{name}</th><td>{images}</td><td>{Say.Share(Share(right, images), 1)}</td></tr>\n");

    private static double Share(int part, int whole) => whole == 0 ? 0 : part / (double)whole;
}
