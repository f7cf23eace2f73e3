using System.Formats.Tar;
using System.IO.Compression;

namespace Idsnn.Datasets;

/// <summary>
/// CIFAR's files by name, out of a folder or the published archive.  None is longer than its published size, and an archive does not
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
            using var tar = new TarReader(limited);
            while (tar.GetNextEntry() is { } entry)
            {
                string name = Path.GetFileName(entry.Name);
                if (entry.DataStream is null || !format.Files.Contains(name)) continue;
                if (files.ContainsKey(name)) throw new InvalidDataException($"it has {name} twice");
                files[name] = ReadWhole(entry.DataStream, name, format);
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
            return ReadWhole(file, name, format);
        }
        catch (InvalidDataException e)
        {
            string folder = SafeText.Of(Path.GetDirectoryName(path)!);
            throw new InvalidDataException($"{format.Name}: {e.Message} in '{folder}'; {format.Remedy}", e);
        }
    }

    private static byte[] ReadWhole(Stream file, string name, CifarFormat format)
    {
        if (file.Length > format.MostBytes(name))
        {
            throw new InvalidDataException($"{name} has {file.Length} bytes, more than the published {format.MostBytes(name)}");
        }

        byte[] bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }
}
