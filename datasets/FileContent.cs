namespace Idsnn.Datasets;

/// <summary>Opens files that are named by people and folders.</summary>
internal static class FileContent
{
    /// <summary>
    /// A file to be read. What has no length – an empty file, but also a pipe or a device, which would be waited for or never end –
    /// is taken for empty, and not opened.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It is a folder, or must not be read.</exception>
    public static Stream Open(string path) => new FileInfo(path) is { Exists: true, Length: 0 } ? Stream.Null : File.OpenRead(path);
}
