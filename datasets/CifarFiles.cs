using System.IO.Compression;

namespace Idsnn.Datasets;

/// <summary>
/// CIFAR's files by name, out of a folder or the published archive. None is longer than its published size, and an archive does not
/// unpack to more than all of them and a little beside, so a small file cannot fill memory.
/// </summary>
internal static class CifarFiles
{
    // For what stands beside the images: names, a page about them, headers.
    private const long Beside = 16 << 20;

    /// <summary>Reads those of the wanted files that are in a folder.</summary>
    public static Dictionary<string, byte[]> ReadFolder(string folder, CifarFormat format) => format.Files
        .Where(name => File.Exists(Path.Combine(folder, name)))
        .ToDictionary(name => name, name => ReadFile(Path.Combine(folder, name), name, format));

    /// <summary>Reads those of the wanted files that are in a .tar.gz.</summary>
    public static Dictionary<string, byte[]> ReadArchive(string archive, CifarFormat format)
    {
        var files = new Dictionary<string, byte[]>();
        using Stream file = FileContent.Open(archive);

        // Damage shows as whatever the parsers stumble over: overflows and bad formats, not InvalidDataException alone.
        try
        {
            using var gzip = new GZipStream(file, CompressionMode.Decompress);
            using var limited = new LimitedStream(gzip, format.Files.Sum(format.MostBytes) + Beside);
            var tar = new TarFiles(limited);
            while (tar.Next())
            {
                string name = Path.GetFileName(tar.Name);
                if (!format.Files.Contains(name)) continue;
                if (files.ContainsKey(name)) throw new InvalidDataException($"it has {name} twice");
                RequireLength(tar.Length, name, format);
                files[name] = tar.Read();
            }

            // To the end, where gzip's checksum stands.
            limited.CopyTo(Stream.Null);
        }
        catch (Exception e) when (e is EndOfStreamException or not (IOException or OutOfMemoryException))
        {
            throw new InvalidDataException(
                $"{format.Name}: '{SafeText.Of(archive)}' is damaged or no .tar.gz ({SafeText.Brief(e.Message)}); {format.Remedy}", e);
        }

        return files;
    }

    private static byte[] ReadFile(string path, string name, CifarFormat format)
    {
        try
        {
            using Stream file = FileContent.Open(path);
            RequireLength(file.Length, name, format);
            byte[] bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return bytes;
        }
        catch (InvalidDataException e)
        {
            string folder = SafeText.Of(Path.GetDirectoryName(path)!);
            throw new InvalidDataException($"{format.Name}: {e.Message} in '{folder}'; {format.Remedy}", e);
        }
    }

    private static void RequireLength(long length, string name, CifarFormat format)
    {
        if (length <= format.MostBytes(name)) return;
        throw new InvalidDataException($"{name} has {length} bytes, more than the published {format.MostBytes(name)}");
    }
}
