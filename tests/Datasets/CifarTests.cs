using System.Formats.Tar;
using System.IO.Compression;
using Idsnn.Datasets;

namespace Idsnn.Tests.Datasets;

public partial class CifarTests
{
    private const int Plane = 32 * 32;
    private const int ImageBytes = 3 * Plane;

    private string root = "";

    [SetUp]
    public void CreateFolder() => root = Directory.CreateTempSubdirectory("idsnn-cifar-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(root, recursive: true);

    [Test]
    public void TenReadsTheFolderItsParentAndTheArchive([Values("folder", "parent", "archive", "archive's folder")] string form)
    {
        Dataset set = Cifar.Load10(Store(Ten(), "cifar-10-batches-bin", "cifar-10-binary.tar.gz", form));

        Assert.That(set.Name, Is.EqualTo("CIFAR-10"));
        Assert.That(set.Train.Labels, Is.EqualTo(new[] { 0, 1, 1, 2, 2, 2, 3, 4 }));
        Assert.That(set.Test.Labels, Is.EqualTo(new[] { 9, 8 }));
        Assert.That((set.Train.Height, set.Train.Width, set.Train.Channels), Is.EqualTo((32, 32, 3)));
        Assert.That(set.Classes, Is.EqualTo(10));
        Assert.That(set.ClassNames[^1], Is.EqualTo("truck"));
        AssertImage(set.Train, image: 2, seed: 21);
        AssertImage(set.Train, image: 7, seed: 50);
        AssertImage(set.Test, image: 1, seed: 61);
    }

    [Test]
    public void HundredReadsFineLabels([Values("folder", "parent", "archive", "archive's folder")] string form)
    {
        Dataset set = Cifar.Load100(Store(Hundred(), "cifar-100-binary", "cifar-100-binary.tar.gz", form));

        Assert.That(set.Name, Is.EqualTo("CIFAR-100"));
        Assert.That(set.Train.Labels, Is.EqualTo(new[] { 99, 42 }));
        Assert.That(set.Test.Labels, Is.EqualTo(new[] { 7 }));
        Assert.That(set.Classes, Is.EqualTo(100));
        AssertImage(set.Train, image: 1, seed: 2);
        AssertImage(set.Test, image: 0, seed: 3);
    }

    [Test]
    public void HundredNamesAreBuiltInAndSorted()
    {
        string[] names = Cifar.Load100(Store(Hundred(), "cifar-100-binary", "", "folder")).ClassNames;

        Assert.That(names, Has.Length.EqualTo(100).And.Ordered.Using((IComparer<string>)StringComparer.Ordinal).And.Unique);
        Assert.That((names[0], names[42], names[99]), Is.EqualTo(("apple", "leopard", "worm")));
    }

    [Test]
    public void NamesFileIsPreferred()
    {
        Dictionary<string, byte[]> files = Ten();
        files["batches.meta.txt"] = "a\nb\nc\nd\ne\nf\ng\nh\r\ni\nj\n\n"u8.ToArray();

        Assert.That(
            Cifar.Load10(Store(files, "cifar-10-batches-bin", "", "folder")).ClassNames,
            Is.EqualTo(new[] { "a", "b", "c", "d", "e", "f", "g", "h", "i", "j" }));
    }

    [Test]
    public void NamesFileMustNameEveryClass()
    {
        Dictionary<string, byte[]> files = Ten();
        files["batches.meta.txt"] = "cat\ndog\n"u8.ToArray();

        AssertDamaged(files, "batches.meta.txt has 2 names, expected 10");
    }

    [Test]
    public void MissingFolderIsNamed()
    {
        string path = Path.Combine(root, "nowhere");

        AssertMessage<DirectoryNotFoundException>(
            () => Cifar.Load10(path), $"CIFAR-10: there is no file or folder '{path}'", "kriz/cifar-10-binary.tar.gz");
    }

    [Test]
    public void EmptyFolderSaysWhatWasLookedFor() => AssertMessage<FileNotFoundException>(
        () => Cifar.Load100(root),
        $"CIFAR-100: '{root}' holds none of train.bin, cifar-100-binary and cifar-100-binary.tar.gz",
        "kriz/cifar-100-binary.tar.gz");

    [Test]
    public void MissingFileIsNamed([Values("folder", "archive")] string form)
    {
        Dictionary<string, byte[]> files = Ten();
        files.Remove("data_batch_4.bin");
        string path = Store(files, "cifar-10-batches-bin", "cifar-10-binary.tar.gz", form);

        AssertMessage<FileNotFoundException>(
            () => Cifar.Load10(path), $"CIFAR-10: '{path}' lacks data_batch_4.bin", "kriz/cifar-10-binary.tar.gz");
    }

    [Test]
    public void TruncatedFileIsNamed()
    {
        Dictionary<string, byte[]> files = Ten();
        files["data_batch_2.bin"] = files["data_batch_2.bin"][..^1];

        AssertDamaged(files, "data_batch_2.bin is not whole: 6145 bytes, expected a multiple of 3073, the size of a record");
    }

    [Test]
    public void EmptyFileIsNamed()
    {
        Dictionary<string, byte[]> files = Ten();
        files["test_batch.bin"] = [];

        AssertDamaged(files, "test_batch.bin is empty: 0 bytes, expected a multiple of 3073");
    }

    [Test]
    public void LabelOutOfRangeIsNamed()
    {
        Dictionary<string, byte[]> files = Ten();
        files["data_batch_3.bin"][2 * (1 + ImageBytes)] = 10;

        AssertDamaged(files, "data_batch_3.bin has label 10 in record 2, expected 0 to 9");
    }

    [Test]
    public void CoarseLabelIsNotRead()
    {
        Dictionary<string, byte[]> files = Hundred();
        files["train.bin"][0] = 255;
        string folder = Store(files, "cifar-100-binary", "", "folder");
        Assert.That(Cifar.Load100(folder).Train.Labels[0], Is.EqualTo(99));

        files["train.bin"][1] = 100;
        Store(files, "cifar-100-binary", "", "folder");
        AssertMessage<InvalidDataException>(() => Cifar.Load100(folder), "train.bin has label 100 in record 0, expected 0 to 99");
    }

    [Test]
    public void FileThatIsNoArchiveIsNamed()
    {
        string path = Path.Combine(root, "data_batch_1.bin");
        File.WriteAllBytes(path, Ten()["data_batch_1.bin"]);

        AssertMessage<InvalidDataException>(() => Cifar.Load10(path), $"CIFAR-10: '{path}' is damaged or no .tar.gz");
    }

    [Test]
    public void ChecksumIsHeeded()
    {
        string path = Store(Ten(), "cifar-10-batches-bin", "cifar-10-binary.tar.gz", "archive", CompressionLevel.NoCompression);
        byte[] archive = File.ReadAllBytes(path);
        int pixel = archive.AsSpan().IndexOf(Planar(61).AsSpan(0, 64));
        archive[pixel]++;
        File.WriteAllBytes(path, archive);

        AssertMessage<InvalidDataException>(
            () => Cifar.Load10(path), $"CIFAR-10: '{path}' is damaged or no .tar.gz", "kriz/cifar-10-binary.tar.gz");
    }

    [Test]
    public void DamagedHeaderIsNamed()
    {
        string path = Store(Ten(), "cifar-10-batches-bin", "cifar-10-binary.tar.gz", "archive", CompressionLevel.NoCompression);
        byte[] archive = File.ReadAllBytes(path);
        int header = archive.AsSpan().IndexOf("cifar-10-batches-bin/data_batch_2.bin\0"u8);
        archive[header + 124] = 0x80; // the size becomes a binary number that fits no integer
        File.WriteAllBytes(path, archive);

        AssertMessage<InvalidDataException>(() => Cifar.Load10(path), $"CIFAR-10: '{path}' is damaged or no .tar.gz");
    }

    [Test]
    public void DamagedArchiveNeverGivesOtherImages([Values("cut", "one bit flipped")] string damage)
    {
        string path = Store(Ten(), "cifar-10-batches-bin", "cifar-10-binary.tar.gz", "archive");
        byte[] archive = File.ReadAllBytes(path);
        byte[] pixels = Cifar.Load10(path).Train.Pixels;
        int seen = 0;
        for (int at = 1; at < archive.Length; at += 11)
        {
            byte[] damaged = [.. archive];
            damaged[at] ^= (byte)(1 << at % 8);
            File.WriteAllBytes(path, damage == "cut" ? archive[..at] : damaged);
            try
            {
                // Some bits carry nothing: dates, padding, what follows the last file.
                Assert.That(Cifar.Load10(path).Train.Pixels.AsSpan().SequenceEqual(pixels), $"{damage} at {at}");
            }
            catch (Exception e) when (e is InvalidDataException or FileNotFoundException)
            {
                Assert.That(e.Message, Does.Contain(path).And.Not.Contain("\n"));
                seen++;
            }
        }

        Assert.That(seen, Is.GreaterThan(archive.Length / 11 * 9 / 10));
    }

    [TestCase("")]
    [TestCase(" ")]
    public void PathMustBeGiven(string path) => Assert.That(() => Cifar.Load10(path), Throws.ArgumentException);

    [Test]
    [Explicit("Needs the real CIFAR-10: set CIFAR_PATH to it.")]
    public void PublishedStatisticsAreThoseOfTheImages()
    {
        Dataset set = Cifar.Load10(Environment.GetEnvironmentVariable("CIFAR_PATH") ?? "");

        (float[] mean, float[] std) = set.Train.Statistics();

        Assert.That((set.Train.Count, set.Test.Count), Is.EqualTo((50_000, 10_000)));
        Assert.That(set.Mean, Is.EqualTo(mean).Within(1e-4f));
        Assert.That(set.Std, Is.EqualTo(std).Within(1e-4f));
    }

    // Pixels of a hand-made image, planar; every channel, row and column differs.
    private static byte[] Planar(int seed) =>
        [.. Enumerable.Range(0, ImageBytes).Select(i => (byte)(seed + i * 7 + i / Plane * 50 + i / 32))];

    private static byte[] Record(int seed, params byte[] labels) => [.. labels, .. Planar(seed)];

    private static Dictionary<string, byte[]> Ten() => new()
    {
        ["data_batch_1.bin"] = Record(10, 0),
        ["data_batch_2.bin"] = [.. Record(20, 1), .. Record(21, 1)],
        ["data_batch_3.bin"] = [.. Record(30, 2), .. Record(31, 2), .. Record(32, 2)],
        ["data_batch_4.bin"] = Record(40, 3),
        ["data_batch_5.bin"] = Record(50, 4),
        ["test_batch.bin"] = [.. Record(60, 9), .. Record(61, 8)],
    };

    private static Dictionary<string, byte[]> Hundred() => new()
    {
        ["train.bin"] = [.. Record(1, 5, 99), .. Record(2, 19, 42)],
        ["test.bin"] = Record(3, 0, 7),
    };

    /// <summary>Writes the files in one of the forms a path may have, and returns that path.</summary>
    private string Store(
        Dictionary<string, byte[]> files, string folder, string archive, string form, CompressionLevel level = CompressionLevel.Fastest)
    {
        if (form is "folder" or "parent")
        {
            string inner = Directory.CreateDirectory(Path.Combine(root, folder)).FullName;
            foreach ((string name, byte[] content) in files) File.WriteAllBytes(Path.Combine(inner, name), content);
            return form == "folder" ? inner : root;
        }

        string path = Path.Combine(root, archive);
        using var gzip = new GZipStream(File.Create(path), level);
        using var tar = new TarWriter(gzip);
        DateTimeOffset date = DateTimeOffset.UnixEpoch; // so that every run damages the same bytes
        tar.WriteEntry(new UstarTarEntry(TarEntryType.Directory, folder) { ModificationTime = date });
        foreach ((string name, byte[] content) in files)
        {
            tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, $"{folder}/{name}")
            {
                DataStream = new MemoryStream(content),
                ModificationTime = date,
            });
        }

        return form == "archive" ? path : root;
    }

    private static void AssertImage(ImageSet set, int image, int seed)
    {
        byte[] planar = Planar(seed);
        ReadOnlySpan<byte> hwc = set.Image(image);
        for (int i = 0; i < ImageBytes; i++)
        {
            Assert.That(hwc[i], Is.EqualTo(planar[i % 3 * Plane + i / 3]), $"image {image}, byte {i}");
        }
    }

    private void AssertDamaged(Dictionary<string, byte[]> files, string expected)
    {
        string folder = Store(files, "cifar-10-batches-bin", "", "folder");
        AssertMessage<InvalidDataException>(() => Cifar.Load10(folder), $"CIFAR-10: {expected}", "kriz/cifar-10-binary.tar.gz");
    }

    /// <summary>The error has one line, names what is expected and says what to do.</summary>
    private static void AssertMessage<TException>(Action load, params string[] expected)
        where TException : Exception
    {
        string message = Assert.Throws<TException>(load).Message;
        foreach (string part in expected) Assert.That(message, Does.Contain(part));
        Assert.That(message, Does.Contain("as the data's folder").And.Not.Contain("\n"));
    }
}
