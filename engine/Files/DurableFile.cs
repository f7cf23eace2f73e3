using System.Text;

namespace Idsnn.Engine;

/// <summary>Files that are written whole or not at all.</summary>
public static class DurableFile
{
    /// <summary>What the names of files end in that are being written; one that stays behind is of a process that was killed.</summary>
    public const string TemporaryEnding = ".tmp";

    /// <summary>
    /// Writes to a temporary file beside the target, waits until it is on the disk and renames it: whoever reads finds the old file or the
    /// new one, never a part, and a disk that is full or fails costs nothing that was there.
    /// </summary>
    /// <param name="path">The file; its folder is there.</param>
    /// <param name="write">Writes its content.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        // Named by host and process, so that two that write the same file do not write into each other's.
        string temporary = $"{path}.{Environment.MachineName}-{Environment.ProcessId}{TemporaryEnding}";
        try
        {
            using (var stream = Disk.Create(temporary))
            {
                write(stream);
                Disk.Sync(stream);
            }

            Disk.Move(temporary, path);
        }
        catch
        {
            DeleteQuietly(temporary);
            throw;
        }

        Disk.SyncFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>Writes a text, in UTF-8.</summary>
    /// <inheritdoc cref="Write(string, Action{Stream})"/>
    public static void Write(string path, string text) => Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    private static void DeleteQuietly(string path)
    {
        try
        {
            Disk.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What is told is why it could not be written.
        }
    }
}
