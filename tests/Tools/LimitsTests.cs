using System.Diagnostics;
using System.Text.Json;

namespace Idsnn.Tests.Tools;

/// <summary>What the machine does not have is refused before anything is taken of it.</summary>
[Category("Slow")]
public sealed class LimitsTests
{
    private static readonly string[] Tiny =
        "train --device cpu --stage teacher --teacher resnet18 --width 1 --limit-train 12 --limit-test 4 --epochs 1".Split(' ');

    private TemporaryFolder folder = null!;

    [SetUp]
    public void MakeFolder() => folder = new TemporaryFolder();

    [TearDown]
    public void Delete() => folder.Dispose();

    [TestCase("bench --width 16 --device cpu -b 99999999")]
    [TestCase("profile --width 16 --device cpu --over-t none -b 99999999")]
    public void BatchesThatNoMachineHoldsAreRefusedWithOnesThatFit(string arguments)
    {
        var outcome = CommandLine.Run(arguments.Split(' '));
        BadInput.IsRefused(outcome, "batches of 99999999 make tensors of over 2³¹ elements, and ");
        Assert.That(outcome.Errors, Does.Match(@" are free \(.*\); the batch size \(--batch-size\) \d+ fits\s*$"));
    }

    [Test]
    public void AutoIsThePowerOfTwoThatTheRunRecords()
    {
        string run = folder.File("run");
        var outcome = CommandLine.Run([.. Tiny, "-b", "auto", "--output-dir", run]);

        Assert.That((outcome.Code, outcome.Errors), Is.EqualTo((0, "")));
        Assert.That(outcome.Lines, Has.One.EqualTo("batches of 8 images, chosen by --batch-size auto"));
        using var config = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(run, "config.json")));
        Assert.That(config.RootElement.GetProperty("options").GetProperty("batch-size").GetString(), Is.EqualTo("8"), "of 12 images");
        Assert.That(CommandLine.Run("train", "--resume", run, "-b", "8").Code, Is.Zero);
        BadInput.IsRefused(CommandLine.Run("train", "--resume", run, "-b", "auto"), "was started with --batch-size 8, not with auto");
    }

    [Test]
    public void ADryRunChoosesToo()
    {
        var outcome = CommandLine.Run([.. Tiny, "-b", "auto", "--dry-run"]);
        Assert.That((outcome.Code, outcome.Errors), Is.EqualTo((0, "")));
        Assert.That(outcome.Lines, Has.One.EqualTo("batches of 8 images, chosen by --batch-size auto"));
        Assert.That(outcome.Lines, Has.One.Match("^teacher +resnet18, width 1 +1 +2 "), "two steps of at most 8 images");
    }

    [Test]
    public void MemoryThatRunsOutIsSaidInOneLine()
    {
        string program = Path.Combine(TestContext.CurrentContext.TestDirectory, "idsnn-train.dll");
        string[] arguments = [program, .. Tiny.Select(word => word == "12" ? "100000" : word), "--output-dir", folder.File("run")];
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["DOTNET_GCHeapHardLimit"] = "0x8000000" },
        };
        using var process = Process.Start(start)!;
        var outcome = CommandLine.Wait(process);
        BadInput.IsRefused(outcome, "error: memory ran out: ");
        Assert.That(outcome.Errors, Does.Contain("take fewer or smaller images"));
        Assert.That(Directory.Exists(folder.File("run")), Is.False);
    }

    [Test]
    [Platform("Linux", Reason = "ulimit is the shell's")]
    public void TooFewOpenFilesAreNamed([Values(30, 50, 100)] int limit)
    {
        string program = Path.Combine(TestContext.CurrentContext.TestDirectory, "idsnn-train.dll");
        var start = new ProcessStartInfo("bash", ["-c", $"ulimit -n {limit}; exec dotnet exec '{program}' devices"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        BadInput.IsRefused(
            CommandLine.Wait(process), "this process may open fewer than 128 files at once; raise the limit, as by: ulimit -n 1024");
    }
}
