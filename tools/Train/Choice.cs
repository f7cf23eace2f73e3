using System.Globalization;

namespace Idsnn.Tools.Train;

/// <summary>Options that take one of a few words, and lists of numbers.</summary>
internal static class Choice
{
    /// <summary>The value of an enumeration that a word names.</summary>
    public static T Parse<T>(string option, string word)
        where T : struct, Enum
    {
        foreach (var value in Enum.GetValues<T>())
        {
            if (string.Equals(value.ToString(), word, StringComparison.OrdinalIgnoreCase)) return value;
        }

        string known = string.Join(", ", Enum.GetNames<T>().Select(name => name.ToLowerInvariant()));
        throw new ArgumentException($"{option}: '{word}' is not one of {known}");
    }

    /// <summary>60,120,160; nothing for an empty string.</summary>
    public static int[] Numbers(string option, string list)
    {
        try
        {
            return [.. list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Whole)];
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            throw new ArgumentException($"{option}: '{list}' is not a list of whole numbers such as 60,120,160");
        }
    }

    private static int Whole(string number) => int.Parse(number, NumberStyles.None, CultureInfo.InvariantCulture);
}
