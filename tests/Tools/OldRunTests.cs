using Idsnn.Training;

namespace Idsnn.Tests.Tools;

/// <summary>A run that an earlier build left, with one epoch of its student done, is read as its own were.</summary>
[Category("Slow")]
public class OldRunTests
{
    private TemporaryFolder folder = null!;

    private string Run => folder.File("run");

    [SetUp]
    public void CopyRun()
    {
        folder = new TemporaryFolder();
        string fixture = Path.Combine(TestContext.CurrentContext.TestDirectory, "fixtures", "run-of-16d8888");
        foreach (string file in Directory.EnumerateFiles(fixture, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(Run, Path.GetRelativePath(fixture, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    [TearDown]
    public void DeleteFolder() => folder.Dispose();

    [Test]
    public void ItIsResumed()
    {
        Assert.That(Succeed("train", "--resume", Run).Out, Does.Contain("is finished: teacher 1 epochs, "));
        var outcome = Succeed("train", "--resume", Run, "--epochs", "2");
        var record = RunRecord.Load(Run);

        Assert.That(outcome.Lines, Has.Some.EqualTo("student: going on after epoch 1"));
        Assert.That(
            record.Epochs.Select(row => (row.Network, row.Epoch)), Is.EqualTo(new[] { ("teacher", 1), ("student", 1), ("student", 2) }));
        Assert.That(record.Config.Options["epochs"], Is.EqualTo("2"));
        Assert.That(record.Config.TeacherEpochs, Is.EqualTo(1));
    }

    [Test]
    public void WhatItWasStartedWithIsNamed()
    {
        BadInput.IsRefused(CommandLine.Run("train", "--resume", Run, "--attach-reset=false"), "with --attach-reset true, not with false");
        BadInput.IsRefused(CommandLine.Run("train", "--resume", Run, "--precision", "fp32"), "without --precision, not with fp32");
        BadInput.IsRefused(CommandLine.Run("train", "--resume", Run, "--lr-milestones", "none"), "with --lr-milestones 1, not with none");
    }

    /// <summary>config.json of a build that lacks some of today's settings: it did as is the default.</summary>
    [Test]
    public void SettingsThatItDoesNotKnowHaveTheDefault()
    {
        string file = Path.Combine(Run, "config.json");
        string[] lines = [.. File.ReadLines(file).Where(line => !line.Contains("\"clip-norm\"") && !line.Contains("\"on-nonfinite\""))];
        File.WriteAllLines(file, lines);

        Assert.That(Succeed("train", "--resume", Run, "--clip-norm", "0", "--on-nonfinite", "stop").Out, Does.Contain("is finished"));
        BadInput.IsRefused(CommandLine.Run("train", "--resume", Run, "--clip-norm", "1"), "with --clip-norm 0, not with 1");
    }

    [Test]
    public void ItIsEvaluatedListedAndReported()
    {
        string checkpoint = Path.Combine(Run, "checkpoints", "last.safetensors");
        var results = RunRecord.Load(Run).Results!;

        var eval = Succeed("eval", "--checkpoint", checkpoint, "--limit-test", "8", "--device", "cpu");
        Assert.That(eval.Out, Does.StartWith("spiking-resnet18, width 1, T = 2, epoch 1: accuracy "));
        Assert.That(Succeed("runs", folder.Path).Out, Does.Contain("spiking-resnet18").And.Contain("1/1"));
        Succeed("report", Run);
        Assert.That(File.ReadAllText(Path.Combine(Run, "report.html")), Does.Contain("spiking-resnet18").And.Contain("kd-alpha"));
        Assert.That(results.Networks.Select(network => network.Network), Is.EqualTo(new[] { "teacher", "student" }));
    }

    [Test]
    public void ItsConfigStartsAnotherRunAlike()
    {
        Succeed("train", "--config", Path.Combine(Run, "config.json"), "--output-dir", folder.File("again"));
        var (first, again) = (RunRecord.Load(Run), RunRecord.Load(folder.File("again")));
        Assert.That(again.Config.ToSpec(), Is.EqualTo(first.Config.ToSpec()));
        Assert.That((again.Config.Student, again.Config.Teacher), Is.EqualTo((first.Config.Student, first.Config.Teacher)));
    }

    private static Outcome Succeed(params string[] arguments)
    {
        var outcome = CommandLine.Run(arguments);
        Assert.That((outcome.Code, outcome.Errors), Is.EqualTo((0, "")));
        return outcome;
    }
}
