using Idsnn.Datasets;

namespace Idsnn.Tests.Datasets;

public partial class ImageFolderTests
{
    private TemporaryFolder folder = null!;

    private string Root => folder.File("flowers");

    [SetUp]
    public void MakeFolder() => folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => folder.Dispose();

    [Test]
    public void ClassesAreFoldersAndImagesTakeTurns([Values("test", "val")] string test)
    {
        Fill("train/rose", 10, "b.png", "B.PNG", "a.jpeg.png");
        Fill("train/Zinnia", 20, "z.png");
        Fill("train/tulip", 30, "1.png", "2.png");
        foreach (string name in (string[])["rose", "Zinnia", "tulip"]) Fill($"{test}/{name}", 40, "x.png");
        File.WriteAllText(Path.Combine(Root, "train/rose/notes.txt"), "no image");
        File.WriteAllText(Path.Combine(Root, "train/LICENSE"), "no class");

        Dataset set = ImageFolder.Load(Root + "/", 8);

        Assert.That(set.Name, Is.EqualTo("flowers"));
        Assert.That(set.ClassNames, Is.EqualTo(new[] { "Zinnia", "rose", "tulip" }));
        Assert.That(set.Train.Labels, Is.EqualTo(new[] { 0, 1, 2, 1, 2, 1 }));
        Assert.That(set.Test.Labels, Is.EqualTo(new[] { 0, 1, 2 }));
        Assert.That((set.Train.Height, set.Train.Width, set.Train.Channels), Is.EqualTo((8, 8, 3)));
        Assert.That(Enumerable.Range(0, 6).Select(i => set.Train.Image(i)[0]), Is.EqualTo(new[] { 20, 10, 30, 11, 31, 12 }));
    }

    [Test]
    public void StatisticsAreTheTrainSets()
    {
        Fill("train/a", 0, "1.png");
        Fill("train/b", 255, "1.png");
        Fill("test/a", 7, "1.png");
        Fill("test/b", 9, "1.png");

        Dataset set = ImageFolder.Load(Root, 4);

        Assert.That(set.Mean, Is.All.EqualTo(0.5f).Within(1e-6f));
        Assert.That(set.Std, Is.All.EqualTo(0.5f).Within(1e-6f));
    }

    [Test]
    public void ImagesAreMadeSquare()
    {
        foreach (string part in (string[])["train", "test"])
        {
            Directory.CreateDirectory(Path.Combine(Root, part, "a"));
            File.Copy(Recorded.PathOf("square/20x53.png"), Path.Combine(Root, part, "a/20x53.png"));
        }

        Assert.That(ImageFolder.Load(Root, 9).Train.Image(0).ToArray(), Is.EqualTo(Recorded.Image("square/20x53-9.png").Pixels));
    }

    [Test]
    public void MissingFoldersAreNamed()
    {
        IsRefused<DirectoryNotFoundException>(
            $"there is no folder '{Path.Combine(Root, "train")}'; a data set of image files is train/CLASS/FILE");
        Fill("train/a", 0, "1.png");
        IsRefused<DirectoryNotFoundException>($"there is no folder '{Path.Combine(Root, "test")}'");
    }

    [Test]
    public void ClassesMustAgree()
    {
        Fill("train/a", 0, "1.png");
        Fill("train/b", 0, "1.png");
        Fill("test/a", 0, "1.png");
        IsRefused<InvalidDataException>($"'{Path.Combine(Root, "test")}' lacks the class 'b', which '{Path.Combine(Root, "train")}' has");

        Fill("test/b", 0, "1.png");
        Fill("test/c", 0, "1.png");
        IsRefused<InvalidDataException>($"'{Path.Combine(Root, "train")}' lacks the class 'c', which '{Path.Combine(Root, "test")}' has");
    }

    [Test]
    public void EmptyFoldersAreNamed()
    {
        Directory.CreateDirectory(Path.Combine(Root, "train"));
        Directory.CreateDirectory(Path.Combine(Root, "test/a"));
        IsRefused<InvalidDataException>($"'{Path.Combine(Root, "train")}' has no folders, one for each class");

        Directory.CreateDirectory(Path.Combine(Root, "train/a"));
        IsRefused<InvalidDataException>($"'{Path.Combine(Root, "train/a")}' has no images (.png, .jpg, .jpeg, .bmp)");
    }

    [Test]
    public void UnreadableFilesAreNamed()
    {
        Fill("train/a", 0, "1.png", "2.png");
        Fill("test/a", 0, "1.png");
        string bad = Path.Combine(Root, "train/a/2.png");
        File.WriteAllText(bad, "no image");
        IsRefused<InvalidDataException>($"'{bad}' is no PNG, JPEG or BMP file; mend or remove it");

        for (int i = 3; i < 9; i++) File.WriteAllText(Path.Combine(Root, $"train/a/{i}.jpg"), "no image");
        IsRefused<InvalidDataException>("3.jpg' is no PNG, JPEG or BMP file");
        IsRefused<InvalidDataException>("4.jpg' is no PNG, JPEG or BMP file and 4 more; mend or remove them");
    }

    [Test]
    public void SizesMustFitMemory()
    {
        Fill("train/a", 0, "1.png");
        Fill("test/a", 0, "1.png");

        Assert.That(() => ImageFolder.Load(Root, 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => ImageFolder.Load(Root, 30000), Throws.ArgumentException.With.Message.Contains("lower the image size"));
    }

    [Test]
    public void ImagesThatAreAllEqualAreRefused()
    {
        foreach (string path in (string[])["train/a", "train/b", "test/a", "test/b"]) Fill(path, 7, "1.png");

        IsRefused<InvalidDataException>(
            $"the 2 images in '{Path.Combine(Root, "train")}' are all equal; there is nothing to learn from them");
    }

    [Test]
    public void AChannelThatNeverChangesCountsAsNought()
    {
        (string, byte)[] images = [("train/a", 10), ("train/b", 30), ("test/a", 50), ("test/b", 70)];
        foreach ((string path, byte red) in images)
        {
            Directory.CreateDirectory(Path.Combine(Root, path));
            byte[] pixels = [.. Enumerable.Range(0, 6 * 9 * 3).Select(i => i % 3 == 0 ? red : (byte)(i % 3 * 77 % 154))];
            File.WriteAllBytes(Path.Combine(Root, path, "1.png"), ImageFile.EncodePng(new RgbImage(pixels, 6, 9)));
        }

        Dataset set = ImageFolder.Load(Root, 8);

        Assert.That(set.Train.Statistics().Std[1..], Is.EqualTo(new[] { 0f, 0f }), "what they are");
        Assert.That(set.Mean, Is.EqualTo(new[] { 20f / 255, 77f / 255, 0f }));
        Assert.That(set.Std, Is.EqualTo(new[] { 10f / 255, 1f, 1f }), "(77/255 − mean)/1 = 0");
        Assert.That(set.Notes, Is.EqualTo(new[]
        {
            $"green is 77 in every pixel of '{Path.Combine(Root, "train")}': normalised, it is 0",
            $"blue is 0 in every pixel of '{Path.Combine(Root, "train")}': normalised, it is 0",
        }));
    }

    private void IsRefused<T>(string message)
        where T : Exception => Assert.That(() => ImageFolder.Load(Root, 8), Throws.InstanceOf<T>().With.Message.Contains(message));

    /// <summary>Images of one colour each; the next one is brighter by one.</summary>
    private void Fill(string path, int grey, params string[] names)
    {
        Directory.CreateDirectory(Path.Combine(Root, path));
        foreach (string name in names.Order(StringComparer.Ordinal))
        {
            byte[] pixels = [.. Enumerable.Repeat((byte)grey++, 6 * 9 * 3)];
            File.WriteAllBytes(Path.Combine(Root, path, name), ImageFile.EncodePng(new RgbImage(pixels, 6, 9)));
        }
    }
}
