using System.Collections.Concurrent;

namespace Idsnn.Datasets;

/// <summary>
/// A data set of image files: train/CLASS/FILE to learn from and test/CLASS/FILE (or val/CLASS/FILE) to be judged by, where files are
/// .png, .jpg, .jpeg or .bmp.  Classes are the folders' names in ordinal order.
/// </summary>
public static class ImageFolder
{
    private const int Named = 3;

    /// <summary>
    /// Reads all images, each made square by <see cref="RgbImage.Square"/>.  They take turns by class, so that the first n are as
    /// balanced as can be, and within a class follow the ordinal order of their names.
    /// </summary>
    /// <param name="path">The folder that holds train and test; its name becomes the data set's.</param>
    /// <param name="size">Height and width of the images, in pixels.</param>
    /// <exception cref="DirectoryNotFoundException">A folder is not there.</exception>
    /// <exception cref="InvalidDataException">
    /// Train and test have other classes, a class has no images, or files cannot be read; the message names them.
    /// </exception>
    /// <exception cref="ArgumentException">The size is not positive, or so large that memory cannot hold the images.</exception>
    public static Dataset Load(string path, int size)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        string root = Path.GetFullPath(path);
        string trainFolder = Find(root, "train"), testFolder = Find(root, "test", "val");
        string[] classes = Classes(trainFolder), others = Classes(testFolder);
        RequireNone(trainFolder, others.Except(classes), testFolder);
        RequireNone(testFolder, classes.Except(others), trainFolder);

        ImageSet train = Read(trainFolder, classes, size), test = Read(testFolder, classes, size);
        (float[] mean, float[] std) = train.Statistics();
        return new Dataset(Path.GetFileName(Path.TrimEndingDirectorySeparator(root)), train, test, classes, mean, std);
    }

    private static string Find(string root, params string[] names) =>
        names.Select(name => Path.Combine(root, name)).FirstOrDefault(Directory.Exists)
        ?? throw new DirectoryNotFoundException(
            $"there is no folder '{Path.Combine(root, names[0])}'; a data set of image files is train/CLASS/FILE and test/CLASS/FILE (or val), "
            + "in the folder that --data-path names");

    private static string[] Classes(string folder)
    {
        string[] classes = [.. Directory.EnumerateDirectories(folder).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];
        return classes.Length > 0 ? classes : throw new InvalidDataException($"'{folder}' has no folders, one for each class");
    }

    private static void RequireNone(string folder, IEnumerable<string> missing, string other)
    {
        if (missing.FirstOrDefault() is { } name) throw new InvalidDataException($"'{folder}' lacks the class '{name}', which '{other}' has");
    }

    private static ImageSet Read(string folder, string[] classes, int size)
    {
        (string File, int Label)[] files = [.. TakingTurns([.. classes.Select(name => Files(Path.Combine(folder, name)))])];
        long imageBytes = (long)size * size * RgbImage.Channels;
        if (files.Length * imageBytes > Array.MaxLength)
        {
            throw new ArgumentException(
                $"{files.Length} images of {size}×{size} pixels do not fit into one array of {Array.MaxLength} bytes; lower --image-size");
        }

        var pixels = new byte[files.Length * imageBytes];
        var failures = new ConcurrentDictionary<string, string>();
        Parallel.For(0, files.Length, i =>
        {
            try
            {
                ImageFile.Load(files[i].File).Square(size).Pixels.CopyTo(pixels, (int)(i * imageBytes));
            }
            catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                failures[files[i].File] = e.Message;
            }
        });
        return failures.IsEmpty
            ? new ImageSet(pixels, [.. files.Select(file => file.Label)], size, size, RgbImage.Channels)
            : throw new InvalidDataException(Describe(failures));
    }

    private static string[] Files(string folder)
    {
        string[] files =
        [
            .. Directory.EnumerateFiles(folder)
                .Where(file => ImageFile.Extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))
                .Order(StringComparer.Ordinal),
        ];
        return files.Length > 0
            ? files
            : throw new InvalidDataException($"'{folder}' has no images ({string.Join(", ", ImageFile.Extensions)})");
    }

    private static IEnumerable<(string File, int Label)> TakingTurns(string[][] files)
    {
        for (int turn = 0; turn < files.Max(f => f.Length); turn++)
        {
            for (int label = 0; label < files.Length; label++)
            {
                if (turn < files[label].Length) yield return (files[label][turn], label);
            }
        }
    }

    private static string Describe(ConcurrentDictionary<string, string> failures)
    {
        var first = failures.OrderBy(failure => failure.Key, StringComparer.Ordinal).Take(Named).Select(failure => failure.Value);
        string rest = failures.Count > Named ? $" and {failures.Count - Named} more" : string.Empty;
        return $"{string.Join("; ", first)}{rest}; mend or remove {(failures.Count == 1 ? "it" : "them")}";
    }
}
