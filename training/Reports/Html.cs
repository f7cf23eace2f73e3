using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Idsnn.Datasets;

namespace Idsnn.Reports;

/// <summary>A piece of a page. What is put into its holes is escaped, unless it is such a piece itself.</summary>
/// <param name="Text">Well-formed markup.</param>
internal readonly record struct Html(string Text)
{
    public static Html Nothing => new(string.Empty);

    public bool IsNothing => Text.Length == 0;

    /// <summary>Markup from an interpolated string: Html.Of($"&lt;td&gt;{name}&lt;/td&gt;").</summary>
    public static Html Of(HtmlText text) => new(text.ToString());

    public static Html Join(IEnumerable<Html> parts) => new(string.Concat(parts.Select(part => part.Text)));

    /// <summary>Words in which no line breaks within an option (--like-this).</summary>
    public static Html Prose(string words) => new(string.Join(' ', words.Split(' ').Select(word =>
        word.StartsWith("--", StringComparison.Ordinal) ? Of($"<span class=\"option\">{word}</span>").Text : Escape(word))));

    public override string ToString() => Text;

    /// <summary>Text as it stands in an element or an attribute; what XML cannot hold, or turns the direction, becomes U+FFFD.</summary>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '&' => escaped.Append("&amp;"),
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                '"' => escaped.Append("&quot;"),
                '\'' => escaped.Append("&#39;"),
                '\n' or '\t' => escaped.Append((char)rune.Value),
                < ' ' or (>= 0x7f and < 0xa0) or 0xfffe or 0xffff => escaped.Append('\ufffd'),
                _ when !SafeText.IsSafe(rune) => escaped.Append('\ufffd'),
                _ => escaped.Append(rune),
            };
        }

        return escaped.ToString();
    }
}

/// <summary>Takes an interpolated string apart: its literals are markup, its holes are text.</summary>
[InterpolatedStringHandler]
internal readonly struct HtmlText(int literalLength, int formattedCount)
{
    private readonly StringBuilder text = new(literalLength + (formattedCount * 16));

    public void AppendLiteral(string markup) => text.Append(markup);

    public void AppendFormatted(Html markup) => text.Append(markup.Text);

    public void AppendFormatted(IEnumerable<Html> parts)
    {
        foreach (var part in parts) text.Append(part.Text);
    }

    public void AppendFormatted(string? words) => text.Append(Html.Escape(words ?? string.Empty));

    public void AppendFormatted(int number) => text.Append(number.ToString(CultureInfo.InvariantCulture));

    /// <summary>A length or a coordinate; a hundredth of a pixel is enough.</summary>
    public void AppendFormatted(double number) => text.Append((Math.Round(number, 2) + 0.0).ToString("0.##", CultureInfo.InvariantCulture));

    public override string ToString() => text.ToString();
}
