using System.Globalization;
using System.Text;

namespace Idsnn.Datasets;

/// <summary>
/// Text from outside – names of files and classes, a server's words, a decoder's – as a message can show it. Unsafe are control
/// characters, line and paragraph separators, marks that turn the direction of what follows, and halves of surrogate pairs: they would
/// break a line, move a terminal's cursor or show a name as another one.
/// </summary>
public static class SafeText
{
    /// <summary>Whether nothing in the text is unsafe.</summary>
    public static bool IsSafe(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return !text.AsSpan().ContainsAnyExceptInRange(' ', '~') || (text.EnumerateRunes().All(IsSafe) && !HasLoneSurrogate(text));
    }

    /// <summary>Whether a character is none of the unsafe ones.</summary>
    public static bool IsSafe(Rune rune) => !Rune.IsControl(rune)
        && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
        && rune.Value is not (0x061C or 0x200E or 0x200F or (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069));

    /// <summary>The text with each unsafe character as its number, \u001B; text that is safe stays as it is.</summary>
    public static string Of(string text)
    {
        if (IsSafe(text)) return text;
        var result = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            bool pair = i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]);
            if (pair) result.Append(text[i++]).Append(text[i]);
            else if (Rune.TryCreate(text[i], out Rune rune) && IsSafe(rune)) result.Append(text[i]);
            else result.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[i]:X4}");
        }

        return result.ToString();
    }

    /// <summary>A text of several lines, each as <see cref="Of"/> gives it.</summary>
    public static string Lines(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return string.Join('\n', text.Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n').Select(Of));
    }

    /// <summary>What a server or a decoder says, as <see cref="Of"/> gives it: one short line without NULs at its end.</summary>
    /// <param name="text">Its words.</param>
    /// <param name="most">Characters that are shown at most.</param>
    public static string Brief(string text, int most = 160)
    {
        ArgumentNullException.ThrowIfNull(text);
        string line = text.TrimEnd('\0').ReplaceLineEndings(" ").Trim();
        string safe = Of(line.Length > most ? line[..most] : line);
        return safe.Length <= most && line.Length <= most ? safe : string.Concat(safe.AsSpan(0, most - 1), "…");
    }

    private static bool HasLoneSurrogate(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1])) return true;
            i++;
        }

        return false;
    }
}
