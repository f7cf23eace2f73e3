namespace Idsnn.Datasets;

/// <summary>
/// CIFAR-10 and CIFAR-100 (A. Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009) in their published
/// binary form, https://www.cs.toronto.edu/~kriz/cifar.html: 50,000 train and 10,000 test images of [32,32,3].
/// </summary>
/// <remarks>
/// A path is the folder with the .bin files, a folder that holds that folder or the published .tar.gz, or the .tar.gz itself,
/// which is read without being unpacked. Every file must be there, with any whole number of records up to the published one.
/// </remarks>
public static class Cifar
{
    private const int Size = 32;
    private const int Channels = 3;
    private const int ImageBytes = CifarFormat.ImageBytes;

    /// <summary>Reads CIFAR-10: a record is its label and a planar image.</summary>
    /// <param name="path">See the class's remarks.</param>
    /// <exception cref="DirectoryNotFoundException">There is nothing at the path.</exception>
    /// <exception cref="FileNotFoundException">The data set, or one of its files, is not there.</exception>
    /// <exception cref="InvalidDataException">A file is damaged: not whole, a label out of range, an unreadable archive.</exception>
    public static Dataset Load10(string path) => Load(path, CifarFormat.Ten);

    /// <summary>Reads CIFAR-100 with its 100 fine labels: a record is its coarse label, its fine label and a planar image.</summary>
    /// <inheritdoc cref="Load10"/>
    public static Dataset Load100(string path) => Load(path, CifarFormat.Hundred);

    /// <summary>CIFAR-10's published archive, which <see cref="Load10"/> reads as it is.</summary>
    /// <param name="baseUrl">The address of the folder that holds it; null for where it was published.</param>
    public static RemoteFile Archive10(Uri? baseUrl = null) => Archive(CifarFormat.Ten, baseUrl);

    /// <summary>CIFAR-100's published archive, which <see cref="Load100"/> reads as it is.</summary>
    /// <inheritdoc cref="Archive10"/>
    public static RemoteFile Archive100(Uri? baseUrl = null) => Archive(CifarFormat.Hundred, baseUrl);

    private static RemoteFile Archive(CifarFormat format, Uri? baseUrl)
    {
        string folder = baseUrl?.AbsoluteUri ?? CifarFormat.BaseUrl;
        return new RemoteFile(new Uri($"{folder.TrimEnd('/')}/{format.Archive}"), format.Md5, format.ArchiveBytes);
    }

    private static Dataset Load(string path, CifarFormat format)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        string source = Locate(Path.GetFullPath(path), format);
        Dictionary<string, byte[]> files = Directory.Exists(source)
            ? CifarFiles.ReadFolder(source, format)
            : CifarFiles.ReadArchive(source, format);
        string? missing = format.ImageFiles.FirstOrDefault(name => !files.ContainsKey(name));
        if (missing is not null)
        {
            throw new FileNotFoundException($"{format.Name}: '{SafeText.Of(source)}' lacks {missing}; {format.Remedy}", missing);
        }

        return new Dataset(
            format.Name,
            Decode(files, format.TrainFiles, format),
            Decode(files, [format.TestFile], format),
            ClassNames(files, format),
            format.Mean,
            format.Std);
    }

    /// <summary>The folder with the .bin files, or the archive.</summary>
    private static string Locate(string path, CifarFormat format)
    {
        if (File.Exists(path)) return path;
        if (!Directory.Exists(path))
        {
            throw new DirectoryNotFoundException($"{format.Name}: there is no file or folder '{SafeText.Of(path)}'; {format.Remedy}");
        }

        if (format.ImageFiles.Any(name => File.Exists(Path.Combine(path, name)))) return path;
        string folder = Path.Combine(path, format.Folder);
        if (Directory.Exists(folder)) return folder;
        string archive = Path.Combine(path, format.Archive);
        if (File.Exists(archive)) return archive;
        throw new FileNotFoundException(
            $"{format.Name}: '{SafeText.Of(path)}' holds none of {format.TrainFiles[0]}, {format.Folder} and {format.Archive}; "
            + format.Remedy,
            archive);
    }

    private static ImageSet Decode(Dictionary<string, byte[]> files, string[] names, CifarFormat format)
    {
        int recordBytes = format.LabelBytes + ImageBytes;
        foreach (string name in names)
        {
            int size = files[name].Length;
            if (size == 0 || size % recordBytes != 0)
            {
                throw new InvalidDataException(
                    $"{format.Name}: {name} is {(size == 0 ? "empty" : "not whole")}: "
                    + $"{size} bytes, expected a multiple of {recordBytes}, the size of a record; {format.Remedy}");
            }
        }

        int count = names.Sum(name => files[name].Length / recordBytes);
        var pixels = new byte[count * ImageBytes];
        var labels = new int[count];
        int image = 0;
        foreach (string name in names)
        {
            byte[] file = files[name];
            for (int record = 0; record < file.Length / recordBytes; record++, image++)
            {
                int start = record * recordBytes + format.LabelBytes;
                labels[image] = file[start - 1]; // CIFAR-100's fine label is the second of two
                if (labels[image] >= format.ClassNames.Length)
                {
                    throw new InvalidDataException(
                        $"{format.Name}: {name} has label {labels[image]} in record {record}, "
                        + $"expected 0 to {format.ClassNames.Length - 1}; {format.Remedy}");
                }

                ToHwc(file.AsSpan(start, ImageBytes), pixels.AsSpan(image * ImageBytes, ImageBytes));
            }
        }

        return new ImageSet(pixels, labels, Size, Size, Channels);
    }

    private static void ToHwc(ReadOnlySpan<byte> chw, Span<byte> hwc)
    {
        const int Plane = Size * Size;
        for (int i = 0; i < Plane; i++)
        {
            for (int c = 0; c < Channels; c++) hwc[i * Channels + c] = chw[c * Plane + i];
        }
    }

    private static string[] ClassNames(Dictionary<string, byte[]> files, CifarFormat format)
    {
        if (!files.TryGetValue(format.NamesFile, out byte[]? text)) return format.ClassNames;
        string[] names = System.Text.Encoding.UTF8.GetString(text)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (names.Length != format.ClassNames.Length)
        {
            throw new InvalidDataException(
                $"{format.Name}: {format.NamesFile} has {names.Length} names, expected {format.ClassNames.Length}; {format.Remedy}");
        }

        return Array.Find(names, name => !SafeText.IsSafe(name)) is { } unsafeName
            ? throw new InvalidDataException(
                $"{format.Name}: {format.NamesFile} has control characters in the name '{SafeText.Brief(unsafeName)}'; {format.Remedy}")
            : names;
    }
}
