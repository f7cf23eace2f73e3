namespace Idsnn.Reports;

/// <summary>A picture with its title and a sentence that says what one sees.</summary>
internal static class Figure
{
    public static Html Of(string title, LineChart chart, string caption) => Of(title, chart.Draw($"{title}. {caption}"), caption);

    /// <summary>A table that scrolls by itself where the page is too narrow for it.</summary>
    /// <param name="name">What it holds, for those who do not see it.</param>
    /// <param name="table">The table.</param>
    /// <param name="caption">What it says.</param>
    /// <param name="scale">Stands between the two.</param>
    public static Html Of(string name, Html table, string caption, Html scale) => Html.Of($"""
        <figure><div class="scroll" tabindex="0" role="region" aria-label="{name}">{table}</div>
        {scale}<figcaption>{caption}</figcaption></figure>

        """);

    public static Html Of(string title, Html picture, string caption) => Html.Of($"""
        <figure><p class="title">{title}</p>
        {picture}<figcaption>{caption}</figcaption></figure>

        """);
}
