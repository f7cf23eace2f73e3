using System.Diagnostics;
using Idsnn.Engine;

namespace Idsnn.Tests;

public class ClaimedFolderTests
{
    private TemporaryFolder folder = null!;

    [SetUp]
    public void MakeFolder() => folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => folder.Dispose();

    [Test]
    public void OneHasItAndTheOtherIsToldWho()
    {
        using (new ClaimedFolder(folder.File("run")))
        {
            File.WriteAllText(folder.File("run/file"), "mine");
            Assert.That(() => new ClaimedFolder(folder.File("run")), Throws.InstanceOf<FolderInUseException>().With.Message.Matches(
                $"^'{folder.File("run")}' is in use by process {Environment.ProcessId} on {Environment.MachineName} "
                + @"since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d; wait for it to end, or stop it$"));
            Assert.That(folder.Entries, Is.EqualTo(new[] { "run", "run/file", "run/run.lock" }));
        }

        using (new ClaimedFolder(folder.File("run"))) Assert.That(File.ReadAllText(folder.File("run/file")), Is.EqualTo("mine"));
        Assert.That(folder.Entries, Is.EqualTo(new[] { "run", "run/file" }));
    }

    [Test]
    public void WhatAKilledProcessLeftKeepsNobodyOut()
    {
        File.WriteAllText(folder.File("run.lock"), "process 1 on elsewhere since 2026-01-02 03:04:05.0000000 +00:00");
        using var claim = new ClaimedFolder(folder.Path);
        Assert.That(claim.RequireThere, Throws.Nothing);
    }

    [Test]
    public void OnlyWhatWasMadeAndIsEmptyGoesAgain()
    {
        using (var claim = new ClaimedFolder(folder.File("a/b/c")))
        {
            File.WriteAllText(folder.File("a/b/c/mine"), "");
            File.WriteAllText(folder.File("a/others"), "");
            claim.Remove();
        }

        Assert.That(folder.Entries, Is.EqualTo(new[] { "a", "a/others" }));
        using (var claim = new ClaimedFolder(folder.File("a"))) claim.Remove();
        Assert.That(folder.Entries, Is.EqualTo(new[] { "a", "a/others" }));
    }

    [Test]
    [Platform("Linux,MacOsX", Reason = "Windows lets nobody delete an open file")]
    public void AFolderThatWasDeletedOrMadeAnewIsNoticed([Values] bool again)
    {
        using var claim = new ClaimedFolder(folder.File("run"));
        Directory.Delete(folder.File("run"), recursive: true);
        using var other = again ? new ClaimedFolder(folder.File("run")) : null;

        Assert.That(claim.RequireThere, Throws.InstanceOf<FolderGoneException>().With.Message.Contains("was deleted or moved while"));
        claim.Remove();
        claim.Dispose();
        Assert.That(folder.Entries, Is.EqualTo(again ? ["run", "run/run.lock"] : Array.Empty<string>()));
        if (again) Assert.That(other!.RequireThere, Throws.Nothing);
    }

    /// <summary>Many claim and let go at once: never do two have it.</summary>
    [Test]
    public void NeverDoTwoHaveIt()
    {
        int holders = 0, most = 0, claims = 0;
        Parallel.For(0, 8, _ =>
        {
            for (int i = 0; i < 200; i++)
            {
                try
                {
                    using var claim = new ClaimedFolder(folder.Path);
                    int now = Interlocked.Increment(ref holders);
                    InterlockedMax(ref most, now);
                    Interlocked.Increment(ref claims);
                    Interlocked.Decrement(ref holders);
                }
                catch (FolderInUseException)
                {
                }
            }
        });

        Assert.That((most, claims > 100), Is.EqualTo((1, true)), $"{claims} claims");
    }

    [Test]
    [Platform("Linux,MacOsX", Reason = "flock")]
    public void AnotherProcessIsKeptOutToo()
    {
        using var claim = new ClaimedFolder(folder.Path);
        using var process = Process.Start(new ProcessStartInfo("flock", ["--nonblock", "--exclusive", folder.File("run.lock"), "true"]))!;
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.EqualTo(1));
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (int seen = most; seen < value; seen = most) Interlocked.CompareExchange(ref most, value, seen);
    }
}
