using Idsnn.Engine;

namespace Idsnn.Tests;

public class DurableFileTests
{
    private TemporaryFolder folder = null!;

    private string File => folder.File("file");

    [SetUp]
    public void MakeFolder()
    {
        folder = new TemporaryFolder();
        System.IO.File.WriteAllText(File, "old");
    }

    [TearDown]
    public void DeleteFolder() => folder.Dispose();

    [Test]
    public void ItIsWrittenFlushedRenamedAndTheNameFlushed()
    {
        var operations = new List<string>();
        Disk.Before = (operation, path) => operations.Add($"{operation} {System.IO.Path.GetFileName(path)}");
        try
        {
            DurableFile.Write(File, "new");
        }
        finally
        {
            Disk.Before = null;
        }

        string temporary = $"file.{Environment.MachineName}-{Environment.ProcessId}.tmp";
        Assert.That(operations, Is.EqualTo(new[]
        {
            $"create {temporary}", $"sync {temporary}", "rename file", $"sync folder {System.IO.Path.GetFileName(folder.Path)}",
        }));
        Assert.That(System.IO.File.ReadAllText(File), Is.EqualTo("new"));
        Assert.That(folder.Entries, Is.EqualTo(new[] { "file" }));
    }

    [Test]
    public void WhatFailsLeavesTheOldOne([Values("create", "sync", "rename")] string operation)
    {
        using (FaultyDisk.FailAt(1, operation))
        {
            Assert.That(() => DurableFile.Write(File, "new"), Throws.InstanceOf<IOException>().With.Message.EqualTo(FaultyDisk.Message));
        }

        Assert.That(System.IO.File.ReadAllText(File), Is.EqualTo("old"));
        Assert.That(folder.Entries, Is.EqualTo(new[] { "file" }));
    }

    [Test]
    public void AKillLeavesTheOldOneOrTheNewOne([Values(1, 2, 3, 4)] int operation)
    {
        using (FaultyDisk.At(operation, DiskFault.Kills))
        {
            Assert.That(
                () => DurableFile.Write(File, "new"), Throws.InstanceOf<KilledException>());
        }

        Assert.That(System.IO.File.ReadAllText(File), Is.EqualTo(operation < 4 ? "old" : "new"));
    }

    [Test]
    [Platform("Linux,MacOsX", Reason = "fsync")]
    public void AnErrorOfFsyncIsToldOf()
    {
        using var none = new Microsoft.Win32.SafeHandles.SafeFileHandle(-1, ownsHandle: false);
        Assert.That(
            () => Posix.Sync(none, "file"),
            Throws.InstanceOf<IOException>().With.Message.EqualTo("'file' could not be written to the disk: Bad file descriptor"));
    }

    /// <summary>/dev/full takes nothing; that is known once what was written must be on the disk.</summary>
    [Test]
    [Platform("Linux", Reason = "/dev/full is Linux's")]
    public void ADiskThatTakesNothingIsToldOf()
    {
        using var stream = new FileStream("/dev/full", FileMode.Open, FileAccess.Write);
        stream.WriteByte(1);
        Assert.That(() => Disk.Sync(stream), Throws.InstanceOf<IOException>().With.Message.Contains("No space left on device"));
        Assert.That(stream.Dispose, Throws.InstanceOf<IOException>());
    }
}
