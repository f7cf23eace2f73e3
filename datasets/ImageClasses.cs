namespace Idsnn.Datasets;

/// <summary>The classes of a folder of images, and how those of two folders differ.</summary>
internal static class ImageClasses
{
    /// <summary>The folders of each class, by the class's name.</summary>
    /// <exception cref="IOException">The folder cannot be listed, or has a broken link.</exception>
    /// <exception cref="InvalidDataException">There are none, or a name cannot be opened or shown.</exception>
    public static ILookup<string, string> Of(string folder, ImageFinder finder)
    {
        IReadOnlyList<string> folders = finder.Folders(folder);
        if (folders.Count == 0)
        {
            throw new InvalidDataException($"'{SafeText.Of(folder)}' has no folders, one for each class{finder.Aside}");
        }

        foreach (string path in folders)
        {
            if (!Directory.Exists(path)) throw new InvalidDataException(MissingEntry.Explain(path, "folder"));
            if (!SafeText.IsSafe(Path.GetFileName(path)))
            {
                throw new InvalidDataException($"the name of the folder '{SafeText.Of(path)}', a class, has control characters; rename it");
            }
        }

        return folders.ToLookup(path => CanonicalForm.Of(Path.GetFileName(path)));
    }

    /// <summary>The names of the classes, in ordinal order, which both must have.</summary>
    /// <exception cref="InvalidDataException">One of them has a class that the other lacks.</exception>
    public static string[] Same(ILookup<string, string> train, string trainFolder, ILookup<string, string> test, string testFolder)
    {
        RequireAll(test, trainFolder, train, testFolder);
        RequireAll(train, testFolder, test, trainFolder);
        return [.. train.Select(names => names.Key).Order(StringComparer.Ordinal)];
    }

    private static void RequireAll(ILookup<string, string> wanted, string folder, ILookup<string, string> there, string other)
    {
        string? missing = wanted.Select(names => names.Key).Order(StringComparer.Ordinal).FirstOrDefault(name => !there.Contains(name));
        if (missing is null) return;
        string? alike = there.Select(names => names.Key).FirstOrDefault(name => name.Equals(missing, StringComparison.OrdinalIgnoreCase));
        string hint = alike is null ? string.Empty : $"; it has '{alike}', which differs in upper and lower case: rename one of them";
        throw new InvalidDataException($"'{SafeText.Of(folder)}' lacks the class '{missing}', which '{SafeText.Of(other)}' has{hint}");
    }
}
