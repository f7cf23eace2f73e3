using Microsoft.Win32.SafeHandles;

namespace Idsnn.Engine;

/// <summary>
/// The operations by which results reach the disk, each announced before it is done: tests make any one of them fail, or take it for the
/// moment at which the process was killed.
/// </summary>
public static class Disk
{
    /// <summary>
    /// Called before each operation with its name and its path; what it throws comes out of the operation, which is not done.
    /// </summary>
    internal static Action<string, string>? Before { get; set; }

    /// <summary>Makes a folder and those above it that are missing.</summary>
    public static void CreateFolder(string path)
    {
        Before?.Invoke("create folder", path);
        Directory.CreateDirectory(path);
    }

    /// <summary>Renames a file, in the place of another if there is one.</summary>
    public static void Move(string from, string to)
    {
        Before?.Invoke("rename", to);
        File.Move(from, to, overwrite: true);
    }

    /// <summary>Deletes a file, if it is there.</summary>
    public static void Delete(string path)
    {
        Before?.Invoke("delete", path);
        File.Delete(path);
    }

    /// <summary>Deletes a folder.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="recursive">Whether with what is in it; else it must be empty.</param>
    public static void DeleteFolder(string path, bool recursive)
    {
        Before?.Invoke("delete folder", path);
        Directory.Delete(path, recursive);
    }

    /// <summary>Adds bytes to the end of a file, which is made if it is not there.</summary>
    public static void Append(string path, ReadOnlySpan<byte> bytes)
    {
        Before?.Invoke("append", path);
        using var stream = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
        stream.Write(bytes);
    }

    /// <summary>Opens a file to be written from its beginning.</summary>
    internal static FileStream Create(string path)
    {
        Before?.Invoke("create", path);
        return new FileStream(path, FileMode.Create, FileAccess.Write);
    }

    /// <summary>Waits until what was written is on the disk.</summary>
    /// <exception cref="IOException">The disk did not take it.</exception>
    internal static void Sync(FileStream stream)
    {
        Before?.Invoke("sync", stream.Name);
        if (OperatingSystem.IsWindows())
        {
            stream.Flush(flushToDisk: true);
            return;
        }

        stream.Flush();
        Posix.Sync(stream.SafeFileHandle, stream.Name);
    }

    /// <summary>Waits until the names in a folder are on the disk, so that a rename lasts.</summary>
    /// <exception cref="IOException">The disk did not take it.</exception>
    public static void SyncFolder(string path)
    {
        Before?.Invoke("sync folder", path);
        if (OperatingSystem.IsWindows()) return;
        using SafeFileHandle folder = Posix.OpenToRead(path);
        Posix.Sync(folder, path);
    }
}
