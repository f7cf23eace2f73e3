using System.Diagnostics;
using Idsnn.Datasets;

namespace Idsnn.Tests.Datasets;

public class ImageFolderTests
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
        IsRefused<DirectoryNotFoundException>($"there is no folder '{Path.Combine(Root, "train")}'; a data set of image files is train/CLASS/FILE");
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
        Assert.That(() => ImageFolder.Load(Root, 30000), Throws.ArgumentException.With.Message.Contains("lower --image-size"));
    }

    [Test]
    public void WhatOperatingSystemsLeaveIsPassedOverAndCounted()
    {
        FillBoth("a", "b");
        Dataset plain = ImageFolder.Load(Root, 8);
        Assert.That(plain.Notes, Is.Empty);
        foreach (string leftover in (string[])[".ipynb_checkpoints", "__MACOSX", "@eaDir", "lost+found", "$RECYCLE.BIN", ".hidden"])
        {
            Fill($"train/{leftover}", 90, "1.png");
            Fill($"train/a/{leftover}", 90, "1.png");
        }

        Fill("__MACOSX/train", 90, "1.png");
        string[] files = ["._1.png", ".DS_Store", "Thumbs.db", "desktop.ini", "train/b/._2.png", "test/.DS_Store", "test/b/THUMBS.DB"];
        foreach (string leftover in files)
        {
            File.WriteAllText(Path.Combine(Root, leftover), "no image");
        }

        Dataset set = ImageFolder.Load(Root, 8);

        Assert.That(set.ClassNames, Is.EqualTo(new[] { "a", "b" }));
        Assert.That(set.Train.Pixels, Is.EqualTo(plain.Train.Pixels));
        Assert.That(set.Test.Pixels, Is.EqualTo(plain.Test.Pixels));
        Assert.That((set.Mean, set.Std), Is.EqualTo((plain.Mean, plain.Std)));
        Assert.That(set.Notes, Is.EqualTo(new[]
        {
            $"passed over 15 entries (hidden or left by an operating system): '{Path.Combine(Root, "test/.DS_Store")}', "
            + $"'{Path.Combine(Root, "test/b/THUMBS.DB")}', '{Path.Combine(Root, "train/$RECYCLE.BIN")}', and 12 more",
        }));
    }

    [Test]
    public void AFolderOfLeftoversAloneHasNoImages()
    {
        FillBoth("a");
        Fill("train/b", 0, "._1.png");
        Fill("test/b", 0, "1.png");

        IsRefused<InvalidDataException>(
            $"'{Path.Combine(Root, "train/b")}' has no images (.png, .jpg, .jpeg, .bmp); passed over 1 entry "
            + $"(hidden or left by an operating system): '{Path.Combine(Root, "train/b/._1.png")}'");
    }

    [Test]
    public void NamesThatDifferInNormalisationAloneAreOneClass()
    {
        Fill("train/caf\u00E9", 10, "2.png");
        Fill("train/cafe\u0301", 20, "1.png");
        Fill("train/b", 30, "1.png");
        Fill("test/cafe\u0301", 40, "1.png");
        Fill("test/b", 50, "1.png");
        Assume.That(Directory.GetDirectories(Path.Combine(Root, "train")), Has.Length.EqualTo(3), "the file system keeps both names");

        Dataset set = ImageFolder.Load(Root, 8);

        Assert.That(set.ClassNames, Is.EqualTo(new[] { "b", "caf\u00E9" }));
        Assert.That(set.Train.Labels, Is.EqualTo(new[] { 0, 1, 1 }));
        Assert.That(set.Train.Pixels.Distinct(), Is.EqualTo(new byte[] { 30, 20, 10 }));
    }

    [Test]
    public void ClassesThatDifferInCaseAreExplained()
    {
        FillBoth("dog");
        Fill("train/Cat", 0, "1.png");
        Fill("test/cat", 0, "1.png");

        IsRefused<InvalidDataException>(
            $"'{Path.Combine(Root, "train")}' lacks the class 'cat', which '{Path.Combine(Root, "test")}' has; "
            + "it has 'Cat', which differs in upper and lower case: rename one of them");
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "such names cannot be made there")]
    public void ClassesWhoseNamesCannotBeShownAreRefused([Values("a\u001B[31m", "a\nb", "a\u202Eb")] string name)
    {
        FillBoth("a", name);

        IsRefused<InvalidDataException>(
            $"the name of the folder '{SafeText.Of(Path.Combine(Root, "train", name))}', a class, has control characters; rename it");
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

    [Test]
    [Platform(Exclude = "Win", Reason = "links need a privilege there")]
    public void BrokenLinksAreNamedOnce()
    {
        FillBoth("a", "b");
        string file = Path.Combine(Root, "train/a/2.png"), circle = Path.Combine(Root, "train/b/3.png");
        string none = Path.Combine(Root, "test/c");
        File.CreateSymbolicLink(file, "gone.png");
        File.CreateSymbolicLink(circle, "3.png");
        string message = Assert.Throws<InvalidDataException>(() => ImageFolder.Load(Root, 8))!.Message;
        Assert.That(message, Is.EqualTo(
            $"'{file}' is a symbolic link to 'gone.png', which leads nowhere; "
            + $"'{circle}' is a symbolic link to '3.png', which leads nowhere; mend or remove them"));

        File.CreateSymbolicLink(none, "gone");
        IsRefused<IOException>($"'{none}' is a symbolic link to 'gone', which leads nowhere; mend or remove it");
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "links need a privilege there")]
    public void LinksToFoldersAndFilesAreClassesAndImages()
    {
        FillBoth("a", "b");
        Dataset plain = ImageFolder.Load(Root, 8);
        Directory.Move(Path.Combine(Root, "train/a"), folder.File("elsewhere"));
        Directory.CreateSymbolicLink(Path.Combine(Root, "train/a"), folder.File("elsewhere"));
        Directory.CreateSymbolicLink(Path.Combine(Root, "train/a/up"), "..");
        File.Move(Path.Combine(Root, "test/b/1.png"), folder.File("b.png"));
        File.CreateSymbolicLink(Path.Combine(Root, "test/b/1.png"), folder.File("b.png"));

        Dataset set = ImageFolder.Load(Root, 8);

        Assert.That(set.Train.Pixels, Is.EqualTo(plain.Train.Pixels));
        Assert.That(set.Test.Pixels, Is.EqualTo(plain.Test.Pixels));
    }

    [Test]
    [Platform("Linux", Reason = "names are any bytes there")]
    public void NamesThatAreNotUtf8AreNamed([Values] bool ofClass)
    {
        FillBoth("a");
        string parent = Path.Combine(Root, ofClass ? "train" : "train/a");
        string script = ofClass ? "mkdir \"$(printf 'b\\377')\"" : "echo x > \"$(printf 'b\\377.png')\"";
        Assume.That(Shell(parent, script), Is.Zero, "the file system takes such names");

        IsRefused<InvalidDataException>(
            $"the name of '{Path.Combine(parent, "b\uFFFD")}{(ofClass ? "" : ".png")}' is not valid UTF-8, so it cannot be opened");
        Assert.That(Shell(folder.Path, "rm -r flowers"), Is.Zero, "no other way");
    }

    [Test]
    public void FilesThatVanishOrCannotBeReadAreNamed()
    {
        FillBoth("a");
        string gone = Path.Combine(Root, "train/a/gone.png");
        string other = Directory.CreateDirectory(Path.Combine(Root, "x.png")).FullName;

        Assert.That(
            () => ImageFolder.ReadFiles([Path.Combine(Root, "train/a/1.png"), gone, other], new int[3], 8),
            Throws.InstanceOf<InvalidDataException>().With.Message.EqualTo(
                $"there is no image file '{gone}'; '{other}' cannot be opened: Access to the path '{other}' is denied; "
                + "mend or remove them"));
        Assert.That(
            () => new ImageFinder().Folders(Path.Combine(Root, "none")),
            Throws.InstanceOf<DirectoryNotFoundException>().With.Message.EqualTo($"there is no folder '{Path.Combine(Root, "none")}'"));
    }

    private static int Shell(string folder, string script)
    {
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", script]) { WorkingDirectory = folder })!;
        shell.WaitForExit();
        return shell.ExitCode;
    }

    private void FillBoth(params string[] classes)
    {
        for (int i = 0; i < classes.Length; i++)
        {
            Fill($"train/{classes[i]}", 10 * i, "1.png");
            Fill($"test/{classes[i]}", 10 * i + 5, "1.png");
        }
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
