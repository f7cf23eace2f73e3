using System.Collections.Concurrent;

namespace Idsnn.Datasets;

/// <summary>
/// A data set of image files: train/CLASS/FILE to learn from and test/CLASS/FILE (or val/CLASS/FILE) to be judged by, where files are
/// .png, .jpg, .jpeg or .bmp. Classes are the folders' names in Unicode's form C, in ordinal order: folders whose names differ in
/// normalisation alone are one class. Hidden entries, and what operating systems leave, are passed over (<see cref="ImageFinder"/>).
/// </summary>
public static class ImageFolder
{
    private static readonly string[] Colours = ["red", "green", "blue"];

    /// <summary>
    /// Reads all images, each made square by <see cref="RgbImage.Square"/>. They take turns by class, so that the first n are as
    /// balanced as can be, and within a class follow the ordinal order of their names.
    /// </summary>
    /// <param name="path">The folder that holds train and test; its name becomes the data set's.</param>
    /// <param name="size">Height and width of the images, in pixels.</param>
    /// <exception cref="DirectoryNotFoundException">A folder is not there.</exception>
    /// <exception cref="IOException">A folder cannot be listed; the message names it.</exception>
    /// <exception cref="InvalidDataException">
    /// Train and test have other classes, a class has no images or a name that cannot be shown, files cannot be read, or all train
    /// images are equal; the message names them.
    /// </exception>
    /// <exception cref="ArgumentException">The size is not positive, or so large that memory cannot hold the images.</exception>
    public static Dataset Load(string path, int size)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        string root = Path.GetFullPath(path);
        string trainFolder = Find(root, "train"), testFolder = Find(root, "test", "val");
        var finder = new ImageFinder();
        ILookup<string, string> classes = ImageClasses.Of(trainFolder, finder), others = ImageClasses.Of(testFolder, finder);
        string[] names = ImageClasses.Same(classes, trainFolder, others, testFolder);

        ImageSet train = Read(names, classes, finder, size), test = Read(names, others, finder, size);
        if (train.Count > 1 && AreEqual(train))
        {
            throw new InvalidDataException(
                $"the {train.Count} images in '{SafeText.Of(trainFolder)}' are all equal; there is nothing to learn from them");
        }

        (float[] mean, float[] std) = train.Statistics();
        var notes = new List<string>(finder.Notes);
        for (int c = 0; c < std.Length; c++)
        {
            if (std[c] != 0f) continue;
            std[c] = 1f;
            notes.Add($"{Colours[c]} is {train.Pixels[c]} in every pixel of '{SafeText.Of(trainFolder)}': normalised, it is 0");
        }

        return new Dataset(SafeText.Of(Path.GetFileName(Path.TrimEndingDirectorySeparator(root))), train, test, names, mean, std)
        {
            Notes = notes,
        };
    }

    /// <summary>Reads image files, several at once, each made square by <see cref="RgbImage.Square"/>.</summary>
    /// <param name="files">The files.</param>
    /// <param name="labels">The class of each.</param>
    /// <param name="size">Height and width of the images, in pixels.</param>
    /// <exception cref="InvalidDataException">Files cannot be read; the message names the first three.</exception>
    /// <exception cref="ArgumentException">Memory cannot hold so many images of that size.</exception>
    public static ImageSet ReadFiles(IReadOnlyList<string> files, int[] labels, int size)
    {
        ArgumentNullException.ThrowIfNull(files);
        long imageBytes = (long)size * size * RgbImage.Channels;
        if (files.Count * imageBytes > Array.MaxLength)
        {
            throw new ArgumentException(
                $"{files.Count} images of {size}×{size} pixels do not fit into one array of {Array.MaxLength} bytes; lower the image size");
        }

        var pixels = new byte[files.Count * imageBytes];
        var failures = new ConcurrentDictionary<string, string>();
        Parallel.For(0, files.Count, i =>
        {
            try
            {
                ImageFile.Load(files[i], image => image.Square(size)).Pixels.CopyTo(pixels, (int)(i * imageBytes));
            }
            catch (OutOfMemoryException)
            {
                failures[files[i]] = $"'{SafeText.Of(files[i])}' needs more memory than there is";
            }
            catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                failures[files[i]] = e.Message;
            }
        });
        return failures.IsEmpty
            ? new ImageSet(pixels, labels, size, size, RgbImage.Channels)
            : throw new InvalidDataException(
                Failures.Describe(failures.OrderBy(failure => failure.Key, StringComparer.Ordinal).Select(failure => failure.Value)));
    }

    private static string Find(string root, params string[] names) =>
        names.Select(name => Path.Combine(root, name)).FirstOrDefault(Directory.Exists)
        ?? throw new DirectoryNotFoundException(
            $"{MissingEntry.Explain(Path.Combine(root, names[0]), "folder")}; a data set of image files is train/CLASS/FILE and "
            + "test/CLASS/FILE (or val), in the data's folder");

    private static ImageSet Read(string[] names, ILookup<string, string> folders, ImageFinder finder, int size)
    {
        (string File, int Label)[] files = [.. TakingTurns([.. names.Select(name => Files([.. folders[name]], finder))])];
        return ReadFiles([.. files.Select(file => file.File)], [.. files.Select(file => file.Label)], size);
    }

    private static string[] Files(string[] folders, ImageFinder finder)
    {
        string[] files = [.. folders.SelectMany(finder.Images)];
        return files.Length > 0 ? files : throw finder.NoImages(folders[0]);
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

    private static bool AreEqual(ImageSet images) =>
        Enumerable.Range(1, images.Count - 1).All(i => images.Image(i).SequenceEqual(images.Image(0)));
}
