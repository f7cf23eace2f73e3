using Idsnn.Engine;
using Idsnn.Runs;
using Idsnn.Training;

namespace Idsnn.Tests.Training;

public class RunFolderTests
{
    private static readonly EpochResult Epoch = new(
        1, 0.05, new Metrics(4, 1.5, Tiny.Terms(1.25, 0.25), 0.5), new Metrics(2, 2, Tiny.Terms(2), 0.25), 100, 1, 0.125, 3.5);

    private static readonly RunConfig Config = new(
        "1.2.3", null, "2025-01-02T03:04:05+00:00", ["train"], new("cpu", "a CPU"), new("synthetic", 4, 2, ["a", "b"], "00"), null,
        Tiny.Spiking,
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
            Assert.That(
                folder.Entries, Is.EqualTo(new[] { "runs", "runs/one", "runs/one/config.json", "runs/one/log.txt", "runs/one/run.lock" }));
        }

        Assert.That(folder.Entries, Is.Empty);
    }

    /// <summary>Another run in the same folder of runs, begun later and finished, is none of this one's business.</summary>
    [Test]
    public void ARunWithoutAResultTakesNoOtherWithIt()
    {
        using (var run = new RunFolder(folder.File("runs/one")))
        {
            run.Write(Config);
            using var other = new RunFolder(folder.File("runs/two"));
            other.Write(Config);
            other.Append("student", Epoch);
        }

        Assert.That(folder.Entries, Has.None.StartsWith("runs/one"));
        Assert.That(folder.Entries, Does.Contain("runs/two/config.json").And.Contain("runs/two/metrics.csv"));
    }

    [Test]
    public void TwoRunsInOneFolderAreNot()
    {
        using var run = new RunFolder(folder.File("run"));
        Assert.That(() => new RunFolder(folder.File("run")), Throws.InstanceOf<FolderInUseException>());
        run.Write(Config);
        run.Append("student", Epoch);
        string[] before = [.. folder.Entries];
        Assert.That(() => RunFolder.Reopen(folder.File("run"), "student"), Throws.InstanceOf<FolderInUseException>());
        Assert.That(folder.Entries, Is.EqualTo(before));
    }

    [Test]
    [Platform("Linux,MacOsX", Reason = "Windows lets nobody delete an open file")]
    public void AFolderDeletedInTheMiddleOfARunIsNoticedAtTheNextSave([Values] bool saves)
    {
        using (var run = new RunFolder(folder.File("runs/run")))
        {
            run.Write(Config);
            run.SaveState(State(step: 1));
            Directory.Delete(folder.File("runs/run"), recursive: true);

            Assert.That(
                () =>
                    Do(run),
                    Throws.InstanceOf<FolderGoneException>().With.Message.Contains(
                        $"the folder '{folder.File("runs/run")}' (or run.lock in it) was deleted"));
            run.Log("a line");
        }

        Assert.That(folder.Entries, Is.EqualTo(new[] { "runs" }));

        void Do(RunFolder run)
        {
            if (saves) run.SaveState(State(step: 2));
            else run.Append("student", Epoch);
        }
    }

    [Test]
    public void NothingChangesBeforeARunIsSeenToResume()
    {
        using (var run = new RunFolder(folder.File("run")))
        {
            run.Write(Config);
            run.Append("student", Epoch);
            run.Append("student", Epoch with { Epoch = 2 });
            run.SaveState(State(step: 0));
            run.Write(new RunResults([new("student", "spiking-resnet18", 3, 2, 5, 1, 0.25, 0.25, 1)], [new("student", 1, 100)], null));
        }

        File.WriteAllText(folder.File("run/checkpoints/last.safetensors.elsewhere-17.tmp"), "half");
        var before = Contents();
        using (var run = RunFolder.Reopen(folder.File("run"), "student", Config with { Version = "2" }))
        {
            run.Log("a line");
            _ = run.LoadState(Assert.Fail);
        }

        Assert.That(Contents(), Is.EqualTo(before));
        using (var run = RunFolder.Reopen(folder.File("run"), "student", Config with { Version = "2" }))
        {
            run.Log("a line");
            run.Resume(run.LoadState(Assert.Fail)!.Value.Position);
        }

        Assert.That(folder.Entries, Has.None.EndsWith(".tmp").And.None.EndsWith("results.json"));
        Assert.That(RunRecord.Load(folder.File("run")).Config.Version, Is.EqualTo("2"));
        Assert.That(File.ReadAllLines(folder.File("run/metrics.csv")), Has.Length.EqualTo(2), "the state is of the first epoch");
        Assert.That(File.ReadAllText(folder.File("run/log.txt")), Is.EqualTo("a line\n"));

        Dictionary<string, string> Contents() => folder.Entries.Where(entry => File.Exists(folder.File(entry)))
            .ToDictionary(entry => entry, entry => Convert.ToHexString(File.ReadAllBytes(folder.File(entry))));
    }

    [Test]
    public void AFirstSaveThatFailsIsNoReasonToForgetWhatWasTrained()
    {
        using (var run = new RunFolder(folder.File("run")))
        {
            run.Write(Config);
            using (FaultyDisk.FailAt(1, "sync folder"))
            {
                Assert.That(
                    () => run.Save("student", State(step: 1), "last"), Throws.InstanceOf<IOException>());
            }

            Assert.That((run.HasResults, run.HasState), Is.EqualTo((true, false)));
        }

        Assert.That(folder.Entries, Does.Contain("run/checkpoints/last.safetensors").And.Contain("run/config.json"));
    }

    /// <summary>A finished run that nothing is owed is not written to: it may lie where nothing can be.</summary>
    [Test]
    public void AWholeRunIsOnlyRead()
    {
        Directory.CreateDirectory(folder.File("run"));
        File.WriteAllText(folder.File("run/report.html"), "a page");
        using var disk = FaultyDisk.Count();
        RunFolder.Complete(folder.File("run"));
        Assert.That((disk.Operations, folder.Entries.Count), Is.EqualTo((0, 2)));
    }

    [Test]
    public void CurvesThatCannotBeWrittenAreToldOfInTheEnd()
    {
        using var run = new RunFolder(folder.File("run"));
        run.Write(Config);
        File.WriteAllText(folder.File("run/tensorboard"), "a file where the folder should be");
        run.Append("student", Epoch);

        Assert.That(
            run.Write(new RunResults([], [], null)),
            Is.EqualTo("warning: TensorBoard's files of student could not be written; metrics.csv has their numbers"));
    }

    [Test]
    public void LogLinesCommandNoTerminal()
    {
        using var run = new RunFolder(folder.File("run"));
        run.Log("class \u001b[31mred\rtwo\nlines");
        Assert.That(File.ReadAllText(folder.File("run/log.txt")), Is.EqualTo("class \\u001B[31mred\\u000Dtwo\nlines\n"));
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
            run.Append("student", Epoch);
        }

        Assert.That(() => new RunFolder(folder.File("run")), Throws.ArgumentException.With.Message.EqualTo(
            $"the output folder '{folder.File("run")}' holds a run already; resume that, or choose another"));
        Assert.That(
            folder.Entries.Where(entry => !entry.Contains("tensorboard", StringComparison.Ordinal)),
            Is.EqualTo(new[] { "run", "run/config.json", "run/metrics.csv" }));
    }

    [Test]
    public void MetricsStartAnewWithTheFirstEpoch()
    {
        File.WriteAllText(folder.File("metrics.csv"), "of an earlier run");
        using (var run = new RunFolder(folder.Path))
        {
            run.Append("teacher", Epoch);
            run.Append("student", Epoch with { Epoch = 2 });
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
            run.Append("student", Epoch);
            run.Write(new RunResults([new("student", "spiking-resnet18", 3, 2, 5, 1, 0.25, 0.25, 1)], [new("student", 1, 100)], null));
        }

        var record = RunRecord.Load(folder.File("run"));
        Assert.That(record.Config.Student, Is.EqualTo(Tiny.Spiking));
        Assert.That(
            (record.Config.Version, record.Config.Commit, record.Config.Device), Is.EqualTo(("1.2.3", (string?)null, Config.Device)));
        Assert.That(record.Config.Options["epochs"], Is.EqualTo("3"));
        Assert.That(record.Epochs, Is.EqualTo(new[] { Epoch.ToRow("student") }));
        Assert.That(record.Results!.Networks[0].Parameters, Is.EqualTo(5));
        Assert.That(
            File.ReadAllText(folder.File("run/config.json")),
            Does.Contain("\"kind\": \"Spiking\"").And.Contain("\"surrogate\": \"Rectangle\""));
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
        Assert.That(
            notes[0],
            Does.Contain("state.safetensors is not a usable safetensors file").And.EndsWith("state-previous.safetensors, which is older"));
        Truncate("state-previous", bytes);
        Assert.That(
            () =>
                run.LoadState(notes.Add),
                Throws.InstanceOf<InvalidDataException>().With.Message.EndsWith("there is no other state to go on from"));

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
    [TestCase(
        "{\"finished\":[{\"network\":\"a\",\"results\":[null]}],\"current\":{\"network\":\"b\",\"results\":[],\"sums\":{}}}",
        "'finished[0].results[0]' is missing")]
    [TestCase(
        "{\"finished\":[{\"network\":\"a\",\"results\":[]}],\"current\":{\"network\":\"b\",\"results\":[],\"sums\":{}}}",
        "a network that is done with has no epoch")]
    [TestCase(
        "{\"finished\":[],\"current\":{\"network\":\"student\",\"results\":[],\"sums\":{},\"step\":-1}}",
        "'current.step' is -1, expected 0 or more")]
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
        using (FaultyDisk.FailAt(1, "sync"))
        {
            Assert.That(() => run.SaveState(State(step: 2)), Throws.InstanceOf<IOException>().With.Message.EqualTo(FaultyDisk.Message));
        }

        Assert.That(folder.Entries, Has.None.Contains(".tmp"));
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
