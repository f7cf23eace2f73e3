using Idsnn.Runs;
using Idsnn.Training;

namespace Idsnn.Tests.Training;

/// <summary>A training without the command line.</summary>
[Category("Slow")]
public class TrainingRunTests
{
    private TemporaryFolder folder = null!;

    [SetUp]
    public void MakeFolder() => folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => folder.Dispose();

    /// <summary>README's sample, smaller.</summary>
    [Test]
    public void AFewLinesTrainATeacherAndItsStudent()
    {
        string output = folder.File("run");
        var spec = new RunSpec
        {
            Student = new StudentSpec { Model = "spiking-resnet18", Width = 1, Timesteps = 2 },
            Teacher = new TeacherSpec { Model = "resnet18", Epochs = 1 },
            Data = new DataSpec { Name = "synthetic", LimitTrain = 16, LimitTest = 8 },
            Epochs = 2,
            BatchSize = 8,
            Seed = 3,
            DeviceName = "cpu",
        };
        var results = TrainingRun.Start(spec, output, Console.WriteLine);
        var student = results.Networks[^1];
        Console.WriteLine($"{student.LastAccuracy:P2}, {results.Insight!.Energy.Microjoules:F1} µJ an image");

        Assert.That(
            results.Networks.Select(network => (network.Network, network.Epochs)), Is.EqualTo(new[] { ("teacher", 1), ("student", 2) }));
        Assert.That(student.LastAccuracy, Is.InRange(0, 1));

        // It is the run that the command makes.
        var outcome = Tools.CommandLine.Run(
            "train", "--width", "1", "-T", "2", "--teacher", "resnet18", "--teacher-epochs", "1", "--limit-train", "16",
            "--limit-test", "8", "--epochs", "2", "-b", "8", "--seed", "3", "--device", "cpu", "--output-dir", folder.File("command"));
        var (own, other) = (RunRecord.Load(folder.File("run")), RunRecord.Load(folder.File("command")));
        Assert.That((outcome.Code, outcome.Errors), Is.EqualTo((0, "")));
        Assert.That(own.Config.Options, Is.EqualTo(other.Config.Options));
        Assert.That(own.Epochs, Is.EqualTo(other.Epochs));
        Assert.That(
            File.ReadAllBytes(folder.File("run/checkpoints/last.safetensors")),
            Is.EqualTo(File.ReadAllBytes(folder.File("command/checkpoints/last.safetensors"))));
        Assert.That(File.Exists(folder.File("run/report.html")));
    }

    [Test]
    public void WhatDoesNotFitIsRefusedBeforeAFileIsMade()
    {
        var spec = new RunSpec { Stage = RunStage.Student, DeviceName = "cpu" };
        Assert.That(
            () => TrainingRun.Start(spec, folder.File("run")),
            Throws.InstanceOf<SettingException>().With.Message.StartsWith("the stage student needs the teacher's checkpoint, unless "));
        Assert.That(
            () => TrainingRun.Start(spec with { Stage = RunStage.Teacher, Rate = new LearningRate { Base = -1 } }, folder.File("run")),
            Throws.InstanceOf<SettingException>().With.Message.StartsWith("the learning rate must be above 0"));
        Assert.That(folder.Entries, Is.Empty);
    }
}
