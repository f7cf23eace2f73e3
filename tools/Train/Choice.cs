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

    /// <summary>What stands for a list of no numbers, where there may be one.</summary>
    public const string NoNumbers = "none";

    /// <summary>60,120,160.</summary>
    public static int[] Numbers(string option, string list)
    {
        try
        {
            int[] numbers = [.. list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Whole)];
            return numbers.Length > 0 ? numbers : throw new FormatException("there is none");
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            throw new ArgumentException($"{option}: '{list}' is not a list of whole numbers such as 60,120,160");
        }
    }

    /// <summary>The same, and no numbers for the word none.</summary>
    public static int[] NumbersOrNone(string option, string list) =>
        list.Equals(NoNumbers, StringComparison.OrdinalIgnoreCase) ? [] : Numbers(option, list);

    private static int Whole(string number) => int.Parse(number, NumberStyles.None, CultureInfo.InvariantCulture);
}
