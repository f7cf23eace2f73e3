using System.Diagnostics;
using Idsnn.Engine;
using Idsnn.Training;

namespace Idsnn.Tests.Tools;

/// <summary>The command ended from outside, by signals and by force, and gone on with.</summary>
[Category("Slow")]
public class StopAndResumeTests
{
    // Sixteen steps of the teacher, sixteen of the student, each saved.
    private static readonly string[] Arguments =
    [
        "train", "--width", "1", "-T", "1", "--teacher", "resnet18", "--device", "cpu", "--limit-train", "64", "--limit-test", "8", "-b",
        "8",
        "--epochs", "2", "--checkpoint-minutes", "1e-9",
    ];

    private TemporaryFolder folder = null!;

    /// <summary>A run that nobody interrupts.</summary>
    [OneTimeSetUp]
    public void RunWhole()
    {
        folder = new TemporaryFolder();
        var outcome = CommandLine.Run([.. Arguments, "--output-dir", folder.File("whole")]);
        Assert.That((outcome.Code, outcome.Errors), Is.EqualTo((0, "")));
    }

    [OneTimeTearDown]
    public void DeleteFolder() => folder.Dispose();

    /// <summary>A few kills at random steps; tools/kill-test.sh does twenty.</summary>
    [Test]
    [Platform("Linux,MacOsX", Reason = "signals")]
    public void KillsAtRandomMomentsAreNoLoss()
    {
        var random = new Random(1);
        for (int kills = 0, steps = 0; kills < 2; kills++)
        {
            using var process = Start("killed", resumes: kills > 0);
            steps = WaitForStep(process, "killed", steps + 1 + random.Next(8));
            process.Kill();
            process.WaitForExit();
            Assert.That(process.ExitCode, Is.Not.Zero, "it was still at work");
        }

        Finish("killed");
    }

    /// <summary>Ctrl-C, and what a scheduler sends to the run that goes on.</summary>
    [Test]
    [Platform("Linux,MacOsX", Reason = "signals")]
    public void ASignalStopsAfterTheStepAndSaysHowToGoOn()
    {
        int steps = 3;
        foreach (string signal in (string[])["INT", "TERM"])
        {
            using var process = Start("stopped", resumes: signal == "TERM");
            steps = WaitForStep(process, "stopped", steps) + 2;
            Send(signal, process);
            var outcome = CommandLine.Wait(process);

            Assert.That(outcome.Code, Is.EqualTo(130), signal);
            Assert.That(
                outcome.Errors,
                Does.Match($"^interrupted; what was done is saved; to go on: .* train --resume '?{folder.File("stopped")}'?\\s*$"));
        }

        Finish("stopped");
    }

    private static void Send(string signal, Process process)
    {
        using var kill = Process.Start("kill", ["-" + signal, $"{process.Id}"]);
        kill.WaitForExit();
    }

    private Process Start(string run, bool resumes) => CommandLine.Launch(
        null, resumes ? ["train", "--resume", folder.File(run)] : [.. Arguments, "--output-dir", folder.File(run)]);

    /// <summary>Waits until the run's saved state has gone so far, and gives how far it has.</summary>
    private int WaitForStep(Process process, string run, int steps)
    {
        string file = folder.File($"{run}/checkpoints/state.safetensors");
        while (!process.HasExited)
        {
            if (StepsDone(file) is { } done && done >= steps) return done;
            Thread.Sleep(1);
        }

        Assert.Fail($"the run ended before step {steps}: {CommandLine.Wait(process)}");
        return 0;
    }

    private static int? StepsDone(string file)
    {
        try
        {
            var position = RunPosition.From(SafetensorsFile.Load(file), file);
            return (8 * (position.Finished.Sum(network => network.Results.Count) + position.Current.Results.Count)) + position.Current.Step;
        }
        catch (IOException)
        {
            // Not there, or just being replaced.
            return null;
        }
    }

    /// <summary>Goes on to the end and compares with the run that was not interrupted.</summary>
    private void Finish(string run)
    {
        var outcome = CommandLine.Run("train", "--resume", folder.File(run));

        Assert.That((outcome.Code, outcome.Errors), Is.EqualTo((0, "")));
        Assert.That(outcome.Out, Does.Contain("going on "));
        string[] files =
            ["metrics.csv", "checkpoints/last.safetensors", "checkpoints/best.safetensors", "checkpoints/teacher-last.safetensors"];
        foreach (string file in files)
        {
            byte[] expected = File.ReadAllBytes(folder.File($"whole/{file}"));
            Assert.That(File.ReadAllBytes(folder.File($"{run}/{file}")).AsSpan().SequenceEqual(expected), file);
        }
    }
}
