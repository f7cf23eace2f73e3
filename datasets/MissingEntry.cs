namespace Idsnn.Datasets;

/// <summary>Why something that a folder lists, or a user names, cannot be opened.</summary>
internal static class MissingEntry
{
    /// <summary>One line about a path at which there is nothing to be opened.</summary>
    /// <param name="path">The path.</param>
    /// <param name="kind">What was looked for.</param>
    public static string Explain(string path, string kind)
    {
        string shown = SafeText.Of(path);
        if (Target(path) is { } target) return $"'{shown}' is a symbolic link to '{SafeText.Of(target)}', which leads nowhere";

        // Bytes that are no UTF-8 become U+FFFD in the names that .NET lists, and under these there is no file.
        return path.Contains('\uFFFD', StringComparison.Ordinal)
            ? $"the name of '{shown}' is not valid UTF-8, so it cannot be opened; rename it"
            : $"there is no {kind} '{shown}'";
    }

    /// <summary>Whether a path is a symbolic link that leads to nothing, or in a circle; .NET says of these that they exist.</summary>
    public static bool IsBrokenLink(string path)
    {
        if (Target(path) is null) return false;
        string real = RealPath.Of(path);
        return !Path.Exists(real) || Target(real) is not null;
    }

    private static string? Target(string path) => new FileInfo(path).LinkTarget;
}
