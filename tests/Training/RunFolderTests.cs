using Idsnn.Engine;
using Idsnn.Training;

namespace Idsnn.Tests.Training;

public class RunFolderTests
{
    private static readonly EpochResult Epoch = new(1, 0.05, new Metrics(4, 1.5, 1.25, 0.25, 0.5), new Metrics(2, 2, 2, 0, 0.25), 100, 1, 0.125, 3.5);

    private static readonly RunConfig Config = new(
        "1.2.3", null, "2025-01-02T03:04:05+00:00", ["train"], new("cpu", "a CPU"), new("synthetic", 4, 2, ["a", "b"], "00"), null, Tiny.Spiking,
        new Dictionary<string, string> { ["epochs"] = "3" });

    private TemporaryFolder folder = null!;

    [SetUp]
    public void MakeFolder() => folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => folder.Dispose();

    [Test]
    public void AFolderWithoutResultsGoesAgainAndSoDoItsParents()
    {
        using (var run = new RunFolder(folder.File("runs/one")))
        {
            run.Write(Config);
            run.Log("a line");
            Assert.That(folder.Entries, Is.EqualTo(new[] { "runs", "runs/one", "runs/one/config.json", "runs/one/log.txt" }));
        }

        Assert.That(folder.Entries, Is.Empty);
    }

    [Test]
    public void AFolderThatWasThereStaysAsItWas()
    {
        File.WriteAllText(folder.File("metrics.csv"), "of an earlier run");
        File.WriteAllText(folder.File("log.txt"), "mine\n");
        using (var run = new RunFolder(folder.Path))
        {
            run.Write(Config);
            run.Log("a line");
        }

        Assert.That(folder.Entries, Is.EqualTo(new[] { "log.txt", "metrics.csv" }));
        Assert.That(File.ReadAllText(folder.File("metrics.csv")), Is.EqualTo("of an earlier run"));
        Assert.That(File.ReadAllText(folder.File("log.txt")), Is.EqualTo("mine\na line\n"));
    }

    [Test]
    public void AFolderThatHoldsARunIsRefused()
    {
        using (var run = new RunFolder(folder.File("run")))
        {
            run.Write(Config);
            run.Append(Epoch.ToRow("student"));
        }

        Assert.That(() => new RunFolder(folder.File("run")), Throws.ArgumentException.With.Message.EqualTo(
            $"the output folder '{folder.File("run")}' holds a run already; go on with it by --resume, or choose another"));
        Assert.That(folder.Entries, Is.EqualTo(new[] { "run", "run/config.json", "run/metrics.csv" }));
    }

    [Test]
    public void MetricsStartAnewWithTheFirstEpoch()
    {
        File.WriteAllText(folder.File("metrics.csv"), "of an earlier run");
        using (var run = new RunFolder(folder.Path))
        {
            run.Append(Epoch.ToRow("teacher"));
            run.Append((Epoch with { Epoch = 2 }).ToRow("student"));
        }

        Assert.That(File.ReadAllLines(folder.File("metrics.csv")), Is.EqualTo(new[]
        {
            "network,epoch,lr,train_loss,train_ce,train_kl,train_accuracy,test_loss,test_accuracy,firing_rate,gradient_norm",
            "teacher,1,0.05,1.5,1.25,0.25,0.5,2,0.25,0.125,3.5",
            "student,2,0.05,1.5,1.25,0.25,0.5,2,0.25,0.125,3.5",
        }));
    }

    [Test]
    public void WhatWasWrittenIsRead()
    {
        using (var run = new RunFolder(folder.File("run")))
        {
            run.Write(Config);
            run.Append(Epoch.ToRow("student"));
            run.Write(new RunResults([new("student", "spiking-resnet18", 3, 2, 5, 1, 0.25, 0.25, 1)], [new("student", 1, 100)], null));
        }

        var record = RunRecord.Load(folder.File("run"));
        Assert.That(record.Config.Student, Is.EqualTo(Tiny.Spiking));
        Assert.That((record.Config.Version, record.Config.Commit, record.Config.Device), Is.EqualTo(("1.2.3", (string?)null, Config.Device)));
        Assert.That(record.Config.Options["epochs"], Is.EqualTo("3"));
        Assert.That(record.Epochs, Is.EqualTo(new[] { Epoch.ToRow("student") }));
        Assert.That(record.Results!.Networks[0].Parameters, Is.EqualTo(5));
        Assert.That(File.ReadAllText(folder.File("run/config.json")), Does.Contain("\"kind\": \"Spiking\"").And.Contain("\"surrogate\": \"Rectangle\""));
    }

    [TestCase("student", "last", "last.safetensors")]
    [TestCase("student", "best", "best.safetensors")]
    [TestCase("teacher", "best", "teacher-best.safetensors")]
    public void CheckpointsOfTheNetworkThatTheRunIsAboutNeedNoName(string network, string which, string file)
    {
        using var run = new RunFolder(folder.File("run"));
        Assert.That(run.CheckpointFile(network, which), Is.EqualTo(Path.Combine(folder.File("run"), "checkpoints", file)));
    }

    [Test]
    public void TheStateIsTheNewestThatIsSound()
    {
        using var run = RunFolder.Reopen(folder.File("run"), "student");
        Assert.That(run.LoadState(Fail), Is.Null);
        run.SaveState(State(step: 1));
        Assert.That(run.LoadState(Fail)!.Value.Position.Current.Step, Is.EqualTo(1));
        run.SaveState(State(step: 2));
        Assert.That(run.LoadState(Fail)!.Value.Position.Current.Step, Is.EqualTo(2));

        // Ended between two renames.
        File.Delete(folder.File("run/checkpoints/state.safetensors"));
        Assert.That(run.LoadState(Fail)!.Value.Position.Current.Step, Is.EqualTo(1));
        Assert.That(File.ReadAllLines(folder.File("run/metrics.csv")), Has.Length.EqualTo(2));

        static void Fail(string note) => Assert.Fail(note);
    }

    [TestCase(0)]
    [TestCase(100)]
    [TestCase(-1)]
    public void ATruncatedStateGivesWayToTheOneBefore(int bytes)
    {
        using var run = RunFolder.Reopen(folder.File("run"), "student");
        run.SaveState(State(step: 1));
        run.SaveState(State(step: 2));
        Truncate("state", bytes);
        var notes = new List<string>();

        Assert.That(run.LoadState(notes.Add)!.Value.Position.Current.Step, Is.EqualTo(1));
        Assert.That(notes, Has.Count.EqualTo(1));
        Assert.That(notes[0], Does.Contain("state.safetensors is not a usable safetensors file").And.EndsWith("state-previous.safetensors, which is older"));
        Truncate("state-previous", bytes);
        Assert.That(() => run.LoadState(notes.Add), Throws.InstanceOf<InvalidDataException>().With.Message.EndsWith("there is no other state to go on from"));

        void Truncate(string name, int length)
        {
            string file = folder.File($"run/checkpoints/{name}.safetensors");
            byte[] whole = File.ReadAllBytes(file);
            File.WriteAllBytes(file, length < 0 ? whole[..^1] : whole[..length]);
        }
    }

    [TestCase("{}", "'finished' is missing")]
    [TestCase("null", "it holds nothing")]
    [TestCase("{\"finished\":[],\"current\":{}}", "'current.network' is missing")]
    [TestCase("{\"finished\":[{\"network\":\"a\",\"results\":[null]}],\"current\":{\"network\":\"b\",\"results\":[],\"sums\":{}}}", "'finished[0].results[0]' is missing")]
    [TestCase("{\"finished\":[{\"network\":\"a\",\"results\":[]}],\"current\":{\"network\":\"b\",\"results\":[],\"sums\":{}}}", "a network that is done with has no epoch")]
    [TestCase("{\"finished\":[],\"current\":{\"network\":\"student\",\"results\":[],\"sums\":{},\"step\":-1}}", "'current.step' is -1, expected 0 or more")]
    [TestCase("{\"fin", "the state of the run is damaged")]
    public void AStateThatIsNoneIsRefused(string json, string message)
    {
        using var run = RunFolder.Reopen(folder.File("run"), "student");
        var file = State(1);
        file.Metadata["idsnn-run"] = json;
        run.SaveState(file);
        Assert.That(() => run.LoadState(_ => { }), Throws.InstanceOf<InvalidDataException>().With.Message.Contains(message));
    }

    [Test]
    public void AStateThatIsNoNumberGivesWayToTheOneBefore()
    {
        using var run = RunFolder.Reopen(folder.File("run"), "student");
        run.SaveState(State(step: 1));
        var bad = State(step: 2);
        bad.Tensors["model.a"].Floats![1] = float.NaN;
        run.SaveState(bad);
        var notes = new List<string>();

        Assert.That(run.LoadState(notes.Add)!.Value.Position.Current.Step, Is.EqualTo(1));
        Assert.That(notes.Single(), Does.Contain("'model.a' is NaN at [1] of [2], expected a finite number"));
    }

    [Test]
    public void AStateThatCannotBeWrittenCostsNothing()
    {
        using var run = RunFolder.Reopen(folder.File("run"), "student");
        run.SaveState(State(step: 1));
        Directory.CreateDirectory(folder.File("run/checkpoints/state.safetensors.next.tmp"));

        Assert.That(() => run.SaveState(State(step: 2)), Throws.InstanceOf<IOException>().Or.InstanceOf<UnauthorizedAccessException>());
        Assert.That(run.LoadState(_ => { })!.Value.Position.Current.Step, Is.EqualTo(1));
    }

    [TestCase("file")]
    [TestCase("file/deeper")]
    [TestCase("new/\0")]
    public void AnUnwritablePlaceIsNamedAndNothingIsLeft(string place)
    {
        File.WriteAllText(folder.File("file"), "mine");

        Assert.That(
            () => new RunFolder(folder.File(place)),
            place.Contains('\0', StringComparison.Ordinal)
                ? Throws.ArgumentException
                : Throws.InstanceOf<IOException>().With.Message.StartsWith(
                    $"the output folder '{folder.File(place)}' cannot be made or written to (").And.Message.EndsWith("); choose another"));
        Assert.That(folder.Entries, Is.EqualTo(new[] { "file" }));
    }

    private static SafetensorsFile State(int step)
    {
        var file = new SafetensorsFile();
        file.Tensors.Add("model.a", new StoredTensor([2], [1f, 2f]));
        new RunPosition([], new("student", [Epoch], step, MetricTotals.None, 0, null), null).Into(file);
        return file;
    }
}
