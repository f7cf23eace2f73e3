using System.Text;

namespace Idsnn.Engine;

/// <summary>Files that are written whole or not at all.</summary>
public static class DurableFile
{
    /// <summary>
    /// Writes to a temporary file beside the target, flushes it to the disk and renames it: whoever reads finds the old file or the new
    /// one, never a part, and a disk that is full costs nothing that was there.
    /// </summary>
    /// <param name="path">The file; its folder is there.</param>
    /// <param name="write">Writes its content.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        string temporary = path + ".tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>The same for text, in UTF-8.</summary>
    public static void Write(string path, string text) => Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
}
