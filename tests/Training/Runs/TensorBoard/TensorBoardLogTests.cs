using Idsnn.Runs;
using Idsnn.Training;

namespace Idsnn.Tests.Training;

public class TensorBoardLogTests
{
    private static readonly RunConfig Config = new(
        "1.2.3", null, "2026-01-02T03:04:05+00:00", ["train"], new("cpu", "a CPU"), new("synthetic", 4, 2, ["a", "b"], "00"), Tiny.Ann,
        Tiny.Spiking,
        new Dictionary<string, string>());

    private const double Start = 1767323045;

    private TemporaryFolder folder = null!;

    [SetUp]
    public void MakeFolder() => folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => folder.Dispose();

    [Test]
    public void EachNetworkHasOneFileOfItsEpochs()
    {
        var board = new TensorBoardLog(folder.Path, Config);
        board.Append("teacher", Epoch(1, 0.25));
        board.Append("teacher", Epoch(2, 0.5));
        board.Append("student", Epoch(1, 0.75));

        Assert.That(folder.Entries, Is.EqualTo(new[]
        {
            "student", "student/events.out.tfevents.1767323045.idsnn", "teacher", "teacher/events.out.tfevents.1767323045.idsnn",
        }));
        Assert.That(Accuracies("teacher"), Is.EqualTo(new[] { (Start + 2, 1L, 0.25f), (Start + 4, 2L, 0.5f) }));
        Assert.That(Accuracies("student"), Is.EqualTo(new[] { (Start + 6, 1L, 0.75f) }));
        Assert.That(Tags("student"), Does.Contain("spikes/firing_rate").And.Contain("loss/train_distillation"));
        Assert.That(Tags("teacher"), Does.Not.Contain("spikes/firing_rate"));
    }

    [Test]
    public void AnUntrainedNetworkHasNoCurve()
    {
        new TensorBoardLog(folder.Path, Config).Append("student", EpochResult.Untrained(new Metrics(2, 2, Tiny.Terms(2), 0.25), 1));
        Assert.That(folder.Entries, Is.Empty);
    }

    [TestCase("", TestName = "a point that was lost")]
    [TestCase("more", TestName = "points behind the record's end")]
    [TestCase("cut", TestName = "a record cut short")]
    [TestCase("other", TestName = "files of an earlier version, of another host and another time")]
    public void ARestoredFileIsTheOneOfARunThatWasNeverEnded(string damage)
    {
        var board = new TensorBoardLog(folder.Path, Config);
        foreach (int epoch in (int[])[1, 2]) board.Append("teacher", Epoch(epoch, 0.5));
        board.Append("student", Epoch(1, 0.75));
        byte[] teacher = File.ReadAllBytes(FileOf("teacher")), student = File.ReadAllBytes(FileOf("student"));
        var damaged = new TensorBoardLog(folder.Path, Config);
        if (damage.Length == 0) File.Delete(FileOf("student"));
        if (damage == "more") board.Append("student", Epoch(2, 0.8));
        if (damage == "cut") File.WriteAllBytes(FileOf("student"), student[..^7]);
        if (damage == "other") File.WriteAllBytes(folder.File("student/events.out.tfevents.1500000000.elsewhere.17"), student);

        damaged.Restore([new("teacher", [Epoch(1, 0.5), Epoch(2, 0.5)]), new("student", [Epoch(1, 0.75)])]);
        Assert.That(File.ReadAllBytes(FileOf("teacher")), Is.EqualTo(teacher));
        Assert.That(File.ReadAllBytes(FileOf("student")), Is.EqualTo(student));
        Assert.That(folder.Entries, Has.Count.EqualTo(4));
        damaged.Append("student", Epoch(2, 0.875));
        Assert.That(Accuracies("student"), Is.EqualTo(new[] { (Start + 6, 1L, 0.75f), (Start + 8, 2L, 0.875f) }));
    }

    [Test]
    public void AFileThatCannotBeWrittenIsWholeAfterTheNextEpoch()
    {
        var board = new TensorBoardLog(folder.Path, Config);
        board.Append("student", Epoch(1, 0.25));
        using (FaultyDisk.FailAt(1, "append")) board.Append("student", Epoch(2, 0.5));
        Assert.That(Accuracies("student"), Has.Count.EqualTo(1));
        board.Append("student", Epoch(3, 0.75));

        Assert.That(Accuracies("student").Select(point => point.Value), Is.EqualTo(new[] { 0.25f, 0.5f, 0.75f }));
    }

    [Test]
    public void WhatCouldNotBeWrittenIsWrittenAtTheEnd()
    {
        var board = new TensorBoardLog(folder.Path, Config);
        board.Append("student", Epoch(1, 0.25));
        using (FaultyDisk.FailAt(1, "append")) board.Append("student", Epoch(2, 0.5));
        board.Complete();
        Assert.That(Accuracies("student").Select(point => point.Value), Is.EqualTo(new[] { 0.25f, 0.5f }));
        using var disk = FaultyDisk.Count();
        board.Complete();
        Assert.That(disk.Operations, Is.Zero, "all is written");
    }

    [Test]
    public void WithoutATeacherThereIsNoCurveOfDistillation()
    {
        var epoch = Epoch(1, 0.25);
        new TensorBoardLog(folder.Path, Config).Append("student", epoch with { Train = epoch.Train with { Terms = Tiny.Terms(1.25) } });
        Assert.That(Tags("student"), Does.Contain("loss/train_cross_entropy").And.Not.Contain("loss/train_distillation"));
    }

    private static EpochResult Epoch(int number, double accuracy) =>
        new(number, 0.05, new Metrics(4, 1.5, Tiny.Terms(1.25, 0.25), 0.5), new Metrics(2, 2, Tiny.Terms(2), accuracy), 100, 2, 0.125, 3.5);

    private string FileOf(string network) => folder.File($"{network}/events.out.tfevents.1767323045.idsnn");

    private IEnumerable<string?> Tags(string network) => EventFile.Read(FileOf(network)).Select(record => record.Tag);

    private List<(double Time, long Step, float Value)> Accuracies(string network) =>
    [
        .. EventFile.Read(FileOf(network)).Where(record => record.Tag == "accuracy/test")
            .Select(record => (record.WallTime, record.Step, record.Value!.Value)),
    ];
}
