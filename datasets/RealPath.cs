namespace Idsnn.Datasets;

/// <summary>Paths without symbolic links, by which one file is known under all its names.</summary>
internal static class RealPath
{
    // As many as Linux follows.
    private const int MostLinks = 40;

    /// <summary>Where a path leads; that of the last link where links go round in a circle.</summary>
    public static string Of(string path)
    {
        int left = MostLinks;
        return Follow(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)), ref left);
    }

    /// <summary>Whether a real path is that of a folder, or of something below it.</summary>
    public static bool IsWithin(string path, string folder)
    {
        string start = Path.EndsInDirectorySeparator(folder) ? folder : folder + Path.DirectorySeparatorChar;
        return path == folder || path.StartsWith(start, StringComparison.Ordinal);
    }

    private static string Follow(string path, ref int left)
    {
        if (Path.GetDirectoryName(path) is not { } parent) return path;
        string real = Follow(parent, ref left), here = Path.Combine(real, Path.GetFileName(path));
        if (left == 0 || new FileInfo(here).LinkTarget is not { } target) return here;
        left--;
        return Follow(Path.TrimEndingDirectorySeparator(Path.GetFullPath(target, real)), ref left);
    }
}
