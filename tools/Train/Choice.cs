using System.Globalization;

namespace Idsnn.Tools.Train;

/// <summary>Options that take a list of numbers.</summary>
internal static class Choice
{
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

    private static int Whole(string number) => int.Parse(number, NumberStyles.None, CultureInfo.InvariantCulture);
}
