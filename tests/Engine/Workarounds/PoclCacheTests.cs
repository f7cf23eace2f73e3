using System.Diagnostics;
using Idsnn.Engine;
using Idsnn.Tests.Tools;

namespace Idsnn.Tests;

/// <summary>PoCL whose cache cannot be written: one line, and "auto" takes the next device.</summary>
[Platform("Linux", Reason = "PoCL's folders are Linux's")]
[Category("Slow")]
public sealed class PoclCacheTests
{
    private const string Remedy = "; set POCL_CACHE_DIR to a folder that can be written, with 32 MiB free";

    private TemporaryFolder folder = null!;

    [SetUp]
    public void MakeFile()
    {
        folder = new TemporaryFolder();
        File.WriteAllText(folder.File("file"), "in its place");
    }

    [TearDown]
    public void Delete() => folder.Dispose();

    [Test]
    public void AFolderThatCanBeWrittenIsNoObstacle()
    {
        Assert.That(PoclCache.Obstacle(folder.File("new/cache")), Is.Null);
        Assert.That(folder.Entries, Is.EqualTo(new[] { "file", "new", "new/cache" }), "nothing is left in it");
    }

    [TestCase("file")]
    [TestCase("file/below")]
    [TestCase("/proc/none/cache")]
    public void OneThatCannotIsNamedWithTheRemedy(string name)
    {
        string path = Path.Combine(folder.Path, name);
        Assert.That(PoclCache.Obstacle(path), Does.StartWith($"PoCL's cache {path} cannot be used: ").And.EndsWith(Remedy));
    }

    [Test]
    public void AutoPassesTheDeviceOverAndSaysSo()
    {
        RequirePocl();
        var outcome = Start("bench --width 1 -b 1 --steps 1 -T 1 --teacher none");

        Assert.That(outcome.Code, Is.Zero);
        Assert.That(outcome.Out, Does.Contain("\"device\": \"cpu\""));
        Assert.That(outcome.Errors, Does.Match(@"^warning: opencl:0 is passed over: PoCL's cache .*; set POCL_CACHE_DIR .*\n$"));
    }

    [Test]
    public void AskedForByNameItIsRefused()
    {
        RequirePocl();
        BadInput.IsRefused(Start("bench --device opencl"), "device 'opencl:0' cannot be used: PoCL's cache ");
    }

    [Test]
    public void TheListShowsIt()
    {
        RequirePocl();
        var outcome = Start("devices");
        Assert.That(outcome.Code, Is.Zero);
        Assert.That(outcome.Lines, Has.One.Match("^  opencl:0 +PoCL's cache ").And.One.StartsWith("* cpu "));
    }

    private static void RequirePocl()
    {
        if (DeviceCatalog.List().All(device => device.Id != "opencl:0")) Assert.Ignore("no PoCL here");
    }

    private Outcome Start(string arguments)
    {
        string program = Path.Combine(TestContext.CurrentContext.TestDirectory, "idsnn-train.dll");
        var start = new ProcessStartInfo("dotnet", [program, .. arguments.Split(' ')])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Remove(DeviceCatalog.Variable);
        start.Environment["POCL_CACHE_DIR"] = folder.File("file");
        using var process = Process.Start(start)!;
        return Tools.CommandLine.Wait(process);
    }
}
