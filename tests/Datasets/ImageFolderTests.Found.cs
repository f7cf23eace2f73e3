using System.Diagnostics;
using Idsnn.Datasets;

namespace Idsnn.Tests.Datasets;

/// <summary>Folders as people have them: leftovers, links, names.</summary>
public partial class ImageFolderTests
{
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
}
