namespace Idsnn.Datasets;

/// <summary>Several failures in one line.</summary>
internal static class Failures
{
    private const int Named = 3;

    /// <summary>The first three messages in their order, how many there are beside them, and what to do.</summary>
    public static string Describe(IEnumerable<string> messages)
    {
        string[] all = [.. messages];
        string rest = all.Length > Named ? $" and {all.Length - Named} more" : string.Empty;
        return $"{string.Join("; ", all.Take(Named))}{rest}; mend or remove {(all.Length == 1 ? "it" : "them")}";
    }
}
