using System.Diagnostics;
using Idsnn.Engine;
using Idsnn.Training;

namespace Idsnn.Tests.Tools;

/// <summary>What becomes of the command when its terminal, or what stands in its place, fails.</summary>
[Platform("Linux", Reason = "/dev/full, script and setsid are Linux's")]
[Category("Slow")]
public class TerminalTests
{
    private static readonly string[] Training =
    [
        "train", "--width", "1", "-T", "1", "--teacher", "resnet18", "--device", "cpu", "--limit-train", "64", "--limit-test", "8", "-b",
        "8",
        "--checkpoint-minutes", "1e-9",
    ];

    private TemporaryFolder folder = null!;

    [SetUp]
    public void MakeFolder() => folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => folder.Dispose();

    [TestCase("", 0, TestName = "nothing")]
    [TestCase(">/dev/full", 0, TestName = "a full disk behind standard output")]
    [TestCase("2>/dev/full", 0, TestName = "a full disk behind standard error")]
    [TestCase(">&-", 0, TestName = "a closed standard output")]
    [TestCase(">&- 2>&-", 0, TestName = "both closed")]
    public void ATrainingIsTrainedWhateverItsOutput(string redirection, int code)
    {
        Assert.That(
            Shell($"{Command([.. Training, "--epochs", "1", "--output-dir", folder.File("run")])} {redirection}").Code, Is.EqualTo(code));
        Assert.That(RunRecord.Load(folder.File("run")).Results, Is.Not.Null);
    }

    [Test]
    public void AnAnswerThatCannotBeGivenIsAnError()
    {
        var outcome = Shell($"{Command("runs", folder.Path)} >/dev/full");
        Assert.That(
            (outcome.Code, outcome.Errors.Trim()),
            Is.EqualTo((1, "error: standard output could not be written (No space left on device)")));
    }

    [Test]
    public void WrongInputIsWrongInputWhoeverHearsOfIt() =>
        Assert.That(Shell($"{Command("train", "--bogus")} 2>/dev/full").Code, Is.EqualTo(2));

    /// <summary>A terminal that hangs up, more than once, as its shell and the system do, and takes nothing any more.</summary>
    [Test]
    public void AClosedTerminalEndsTheRunAfterItsStepSaved()
    {
        string code = folder.File("code"), command = Command([.. Training, "--epochs", "500", "--output-dir", folder.File("run")]);
        using var script = Process.Start(new ProcessStartInfo("script", ["-q", "-c", $"{command}; echo $? >{code}", "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment = { ["TERM"] = "xterm-256color" },
        })!;
        _ = script.StandardOutput.ReadToEndAsync();
        string state = folder.File("run/checkpoints/state.safetensors");
        Wait(() => File.Exists(state));
        int id = int.Parse(Shell($"cat {folder.File("run/run.lock")}").Out.Split(' ')[1]);
        script.Kill();
        foreach (int hangUp in (int[])[1, 2, 3])
        {
            using var kill = Process.Start("kill", ["-HUP", $"{id}"]);
            kill.WaitForExit();
        }

        Wait(() => !File.Exists($"/proc/{id}/stat"));
        Assert.That(File.ReadAllLines(folder.File("run/log.txt"))[^1], Does.StartWith("interrupted; what was done is saved; to go on: "));
        Assert.That(RunPosition.From(SafetensorsFile.Load(state), state).Current.Network, Is.EqualTo("teacher"));
        Assert.That(File.Exists(folder.File("run/run.lock")), Is.False);
    }

    [Test]
    public void TheSecondOfTwoInOneFolderIsToldOfTheFirst()
    {
        string run = folder.File("run");
        using var first = CommandLine.Launch(null, [.. Training, "--epochs", "500", "--output-dir", run]);
        Wait(() => File.Exists(Path.Combine(run, "checkpoints", "state.safetensors")));
        foreach (string[] arguments in (string[][])[["train", "--resume", run], [.. Training, "--output-dir", run]])
        {
            BadInput.IsRefused(
                CommandLine.Run(arguments), $"'{run}' is in use by process {first.Id} on {Environment.MachineName} since 20");
        }

        using (var kill = Process.Start("kill", ["-INT", $"{first.Id}"])) kill.WaitForExit();
        var outcome = CommandLine.Wait(first);
        Assert.That(outcome.Code, Is.EqualTo(130));
        Assert.That(outcome.Errors, Does.StartWith("interrupted; what was done is saved"));
    }

    private static string Command(params string[] arguments) =>
        $"dotnet {Path.Combine(TestContext.CurrentContext.TestDirectory, "idsnn-train.dll")} {string.Join(' ', arguments)}";

    private static Outcome Shell(string command)
    {
        using var process = Process.Start(new ProcessStartInfo("bash", ["-c", command])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        return CommandLine.Wait(process);
    }

    private static void Wait(Func<bool> condition)
    {
        const int patience = 120;
        for (var clock = Stopwatch.StartNew(); !condition(); Thread.Sleep(5))
        {
            if (clock.Elapsed.TotalSeconds > patience) Assert.Fail($"it did not come within {patience} s");
        }
    }
}
