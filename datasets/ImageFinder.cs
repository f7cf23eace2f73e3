namespace Idsnn.Datasets;

/// <summary>
/// Finds images and folders of them as people have them: what is hidden or left by an operating system is passed over, and so are links
/// that lead nowhere or back up; <see cref="Notes"/> says how many.
/// </summary>
public sealed class ImageFinder
{
    private const int Named = 3;

    private static readonly HashSet<string> Leftovers = new(StringComparer.OrdinalIgnoreCase)
    {
        "__MACOSX", "Thumbs.db", "ehthumbs.db", "desktop.ini", "Icon\r", "@eaDir", "#recycle", "@Recycle", "@Recently-Snapshot",
        "lost+found", "$RECYCLE.BIN", "RECYCLER", "System Volume Information",
    };

    private readonly SortedSet<string> leftovers = new(StringComparer.Ordinal), links = new(StringComparer.Ordinal);

    /// <summary>What was passed over, a line for each kind; empty where nothing was.</summary>
    public IReadOnlyList<string> Notes =>
    [
        .. Note(leftovers, "hidden or left by an operating system"),
        .. Note(links, "symbolic links that lead nowhere or back to a folder above them"),
    ];

    /// <summary>The folders in a folder, in the ordinal order of their names.</summary>
    /// <exception cref="IOException">The folder cannot be listed, or holds a link that leads nowhere; the message names it.</exception>
    public IReadOnlyList<string> Folders(string folder)
    {
        FileSystemInfo[] entries = Entries(folder);
        string[] broken = [.. entries.Select(entry => Path.Combine(folder, entry.Name)).Where(MissingEntry.IsBrokenLink)];
        if (broken.Length > 0) throw new IOException(Failures.Describe(broken.Select(path => MissingEntry.Explain(path, "folder"))));
        return [.. entries.OfType<DirectoryInfo>().Select(entry => Path.Combine(folder, entry.Name))];
    }

    /// <summary>The image files in a folder, in the ordinal order of their names; broken links to some are among them.</summary>
    /// <exception cref="IOException">The folder cannot be listed; the message names it.</exception>
    public IReadOnlyList<string> Images(string folder) =>
        [.. Entries(folder).OfType<FileInfo>().Select(entry => Path.Combine(folder, entry.Name)).Where(ImageFile.IsImageName)];

    /// <summary>
    /// What a user means by a path: the file itself, whatever its name, or the image files in a folder and in those below it, each once,
    /// however many links lead to it, in ordinal order.
    /// </summary>
    /// <exception cref="IOException">There is nothing, or a folder cannot be listed; the message names it.</exception>
    /// <exception cref="InvalidDataException">The folder has no images.</exception>
    public IReadOnlyList<string> ImagesAt(string path)
    {
        if (File.Exists(path)) return [path];
        if (!Directory.Exists(path)) throw new FileNotFoundException(MissingEntry.Explain(path, "image or folder"), path);
        List<string> files = ImagesBelow(path);
        return files.Count > 0 ? files : throw NoImages(path);
    }

    /// <summary>The notes as the end of a message.</summary>
    internal string Aside => string.Concat(Notes.Select(note => $"; {note}"));

    /// <summary>What to say of a folder in which no image was found.</summary>
    internal InvalidDataException NoImages(string folder) => new(
        $"'{SafeText.Of(folder)}' has no images ({string.Join(", ", ImageFile.Extensions)}){Aside}");

    private List<string> ImagesBelow(string folder)
    {
        var found = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var later = new Queue<string>();
        Visit(folder, RealPath.Of(folder));

        // Links come last, so that what they lead to goes by its own name where it has one here.
        while (later.TryDequeue(out string? link))
        {
            string real = RealPath.Of(link);
            bool leadsUp = RealPath.IsWithin(RealPath.Of(Path.GetDirectoryName(link)!), real);
            if (Directory.Exists(link) && !leadsUp) Visit(link, real);
            else if (!Directory.Exists(link) && ImageFile.IsImageName(link)) Add(link, real);
            else if (leadsUp || MissingEntry.IsBrokenLink(link)) links.Add(link);
        }

        found.Sort(StringComparer.Ordinal);
        return found;

        void Visit(string path, string real)
        {
            if (!seen.Add(real)) return;
            foreach (FileSystemInfo entry in Entries(path))
            {
                (string here, string realHere) = (Path.Combine(path, entry.Name), Path.Combine(real, entry.Name));
                if (entry.LinkTarget is not null) later.Enqueue(here);
                else if (entry is DirectoryInfo) Visit(here, realHere);
                else if (ImageFile.IsImageName(here)) Add(here, realHere);
            }
        }

        void Add(string path, string real)
        {
            if (seen.Add(real)) found.Add(path);
        }
    }

    private FileSystemInfo[] Entries(string folder)
    {
        try
        {
            var entries = new DirectoryInfo(folder).EnumerateFileSystemInfos().ToLookup(IsLeftover);
            leftovers.UnionWith(entries[true].Select(entry => Path.Combine(folder, entry.Name)));
            return [.. entries[false].OrderBy(entry => entry.Name, StringComparer.Ordinal)];
        }
        catch (DirectoryNotFoundException e)
        {
            throw new DirectoryNotFoundException(MissingEntry.Explain(folder, "folder"), e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"the folder '{SafeText.Of(folder)}' cannot be listed: {SafeText.Of(e.Message).TrimEnd('.')}", e);
        }
    }

    /// <summary>Only Windows has names without a point that are hidden; of what is gone attributes say everything at once.</summary>
    private static bool IsLeftover(FileSystemInfo entry) => entry.Name.StartsWith('.') || Leftovers.Contains(entry.Name)
        || (OperatingSystem.IsWindows() && entry.Exists && entry.Attributes.HasFlag(FileAttributes.Hidden));

    private static IEnumerable<string> Note(SortedSet<string> paths, string what)
    {
        if (paths.Count == 0) yield break;
        string more = paths.Count > Named ? $", and {paths.Count - Named} more" : string.Empty;
        yield return $"passed over {paths.Count} {(paths.Count == 1 ? "entry" : "entries")} ({what}): "
            + string.Join(", ", paths.Take(Named).Select(path => $"'{SafeText.Of(path)}'")) + more;
    }
}
