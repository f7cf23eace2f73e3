using System.Globalization;
using System.Text;

namespace Idsnn.Training;

/// <summary>
/// Text from outside – names of files, classes and tensors, messages of drivers and decoders – as a line of a terminal, a log or a table
/// may show it: it stays one line, and nothing in it moves the cursor, changes a colour or turns the direction of reading.
/// </summary>
public static class Printable
{
    /// <summary>
    /// The text with control characters (line ends and tabs too), separators of lines and paragraphs, marks of direction and halves of
    /// surrogate pairs written as \u001B; any other text as it is.
    /// </summary>
    /// <param name="text">What is shown, at most one line.</param>
    public static string Line(string text)
    {
        int at = 0;
        while (at < text.Length && !IsHidden(text, at)) at++;
        if (at == text.Length) return text;
        var shown = new StringBuilder(text, 0, at, text.Length + 16);
        for (; at < text.Length; at++)
        {
            if (IsHidden(text, at)) shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[at]:X4}");
            else shown.Append(text[at]);
        }

        return shown.ToString();
    }

    /// <summary>A text of several lines, each as <see cref="Line"/> shows it.</summary>
    public static string Lines(string text) =>
        string.Join('\n', text.Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n').Select(Line));

    private static bool IsHidden(string text, int at) => char.GetUnicodeCategory(text[at]) switch
    {
        UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => true,
        UnicodeCategory.Format => IsDirection(text[at]),
        UnicodeCategory.Surrogate => !IsInPair(text, at),
        _ => false,
    };

    /// <summary>Whether a character turns the direction of reading.</summary>
    internal static bool IsDirection(char c) =>
        c is '\u061C' or '\u200E' or '\u200F' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');

    private static bool IsInPair(string text, int at) => char.IsHighSurrogate(text[at])
        ? at + 1 < text.Length && char.IsLowSurrogate(text[at + 1])
        : at > 0 && char.IsHighSurrogate(text[at - 1]);
}
