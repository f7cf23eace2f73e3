namespace Idsnn.Reports;

/// <summary>A part of a page under a heading.</summary>
/// <param name="Id">What links call it.</param>
/// <param name="Title">Its heading.</param>
/// <param name="Body">Nothing leaves the part out.</param>
internal sealed record Section(string Id, string Title, Html Body);

/// <summary>The frame around a page.</summary>
internal static class Page
{
    private static readonly Lazy<string> Style = new(() =>
    {
        using var stream = typeof(Page).Assembly.GetManifestResourceStream("report.css")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    });

    /// <summary>A whole page.</summary>
    /// <param name="title">In the window's title.</param>
    /// <param name="version">Of the program that ran.</param>
    /// <param name="header">Its head, with the only h1.</param>
    /// <param name="sections">Its parts.</param>
    public static Html Of(string title, string version, Html header, IEnumerable<Section> sections)
    {
        var present = sections.Where(section => !section.Body.IsNothing).ToList();
        return Html.Of($"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <meta name="color-scheme" content="light dark"/>
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'"/>
            <meta name="generator" content="idsnn-train {version}"/>
            <title>{title}</title>
            <style>
            {new Html(Style.Value)}</style>
            </head>
            <body>
            {header}<nav aria-label="Contents"><ul>
            {present.Select(section => Html.Of($"<li><a href=\"#{section.Id}\">{section.Title}</a></li>\n"))}</ul></nav>
            <main>
            {present.Select(Part)}</main>
            <footer><p>Written by idsnn-train {version}. The page is complete in itself; nothing is loaded from elsewhere.</p></footer>
            </body>
            </html>

            """);
    }

    private static Html Part(Section section) => Html.Of($"""
        <section id="{section.Id}">
        <h2>{section.Title}</h2>
        {section.Body}</section>

        """);
}
