using Idsnn.Datasets;
using Idsnn.Engine;
using Idsnn.Models;
using Idsnn.Reports;
using Idsnn.Runs;
using Idsnn.Training;

namespace Idsnn.Tests.Training;

/// <summary>
/// Whatever file operation of a run fails, or is the last before the process is killed: resumed, the run ends with the files of one to
/// which nothing happened.
/// </summary>
public class FaultMatrixTests
{
    private static readonly RunConfig Config = new(
        "1.2.3", null, "2026-01-02T03:04:05+00:00", ["train"], new("cpu", "a CPU"), new("synthetic", 20, 10, [.. Data.ClassNames], "00"),
        Tiny.Ann,
        Tiny.Spiking, new Dictionary<string, string> { ["epochs"] = "2" });

    private TemporaryFolder folder = null!;
    private int operations;

    private static Dataset Data => Tiny.Dataset with { Train = Tiny.Dataset.Train.Take(20), Test = Tiny.Dataset.Test.Take(10) };

    private static Device Device => TestDevices.Get("cpu");

    /// <summary>The run to which nothing happens.</summary>
    [OneTimeSetUp]
    public void RunWhole()
    {
        folder = new TemporaryFolder();
        using var disk = FaultyDisk.Count();
        Run("whole");
        operations = disk.Operations;
    }

    [OneTimeTearDown]
    public void DeleteFolder() => folder.Dispose();

    [Test]
    [Category("Slow")]
    public void TenOperationsAtRandom([Values] DiskFault kind)
    {
        var random = new Random(5);
        Try([.. Enumerable.Range(0, 10).Select(_ => 1 + random.Next(operations))], kind);
    }

    [Test]
    [Category("Slow")]
    public void EveryOperation([Values] DiskFault kind) => Try([.. Enumerable.Range(1, operations)], kind);

    private void Try(int[] ns, DiskFault kind)
    {
        Assert.That(operations, Is.GreaterThan(100), "what a run does");
        var failures = new List<string>();
        foreach (int n in ns)
        {
            string run = $"{kind}-{n}";
            string? fault = Break(run, n, kind);

            // As --resume does; some faults end no run: of the log, of TensorBoard's curves.
            if (File.Exists(folder.File($"{run}/{RunRecord.ResultsFile}"))) RunFolder.Complete(folder.File(run));
            else Run(run);
            failures.AddRange(
                Differences(run).Select(file => $"{n} ({fault?.Replace(folder.Path, ".", StringComparison.Ordinal)}): {file}"));
            Directory.Delete(folder.File(run), recursive: true);
        }

        Assert.That(failures, Is.Empty);
    }

    /// <summary>Starts the run and breaks it.</summary>
    private string? Break(string run, int n, DiskFault kind)
    {
        using var disk = FaultyDisk.At(n, kind);
        try
        {
            Run(run);
        }
        catch (Exception e) when (
            e is KilledException || (e is IOException && e.Message.Contains(FaultyDisk.Message, StringComparison.Ordinal)))
        {
        }

        return disk.Fault;
    }

    /// <summary>What train does, and train --resume where there is something to resume.</summary>
    private void Run(string name)
    {
        string path = folder.File(name);
        bool resumes = File.Exists(Path.Combine(path, RunRecord.ConfigFile));
        using var run = resumes ? RunFolder.Reopen(path, "student", Config) : new RunFolder(path);
        if (!resumes) run.Write(Config);
        var pipeline = new Pipeline(Device, Data, run, run.Log, default)
        {
            From = resumes ? run.LoadState(Assert.Fail) : null,
            SaveEvery = TimeSpan.FromTicks(1),
        };
        using var teacher = pipeline.Build(Tiny.Ann, 1);
        var taught = pipeline.Train("teacher", teacher, null, Tiny.Options(1));
        using var student = pipeline.Build(Tiny.Spiking, 2);
        pipeline.Initialize(student, teacher, BlockMapping.Prefix, ShortcutInit.Random);
        var learned = pipeline.Train("student", student, teacher, Tiny.Options(2, new Objective()));
        run.Write(new RunResults([.. new[] { ("teacher", taught), ("student", learned) }.Select(Result)], [], null));
        Report.Write([RunRecord.Load(path)], Path.Combine(path, RunRecord.ReportFile));
    }

    private static NetworkResult Result((string Name, TrainingResult Result) network) => new(
        network.Name, "resnet18", 3, 1, 1, network.Result.Epochs[^1].Epoch, network.Result.LastAccuracy, network.Result.Best.Test.Accuracy,
        network.Result.Best.Epoch);

    private IEnumerable<string> Differences(string run)
    {
        string[] expected = Entries("whole"), there = Entries(run);
        foreach (string entry in expected.Except(there)) yield return $"{entry} is lacking";
        foreach (string entry in there.Except(expected)) yield return $"{entry} is left over";
        foreach (string file in expected.Intersect(there).Where(entry => File.Exists(folder.File($"whole/{entry}"))))
        {
            string whole = folder.File($"whole/{file}"), other = folder.File($"{run}/{file}");
            bool same = Path.GetFileName(file) switch
            {
                var name when name.StartsWith("state", StringComparison.Ordinal) || name is "report.html" or "log.txt" => true,
                var name when name.StartsWith("events", StringComparison.Ordinal) => Points(whole).SequenceEqual(Points(other)),
                _ => File.ReadAllBytes(whole).AsSpan().SequenceEqual(File.ReadAllBytes(other)),
            };
            if (!same) yield return $"{file} differs";
        }
    }

    private string[] Entries(string run) =>
        [.. Directory.EnumerateFileSystemEntries(folder.File(run), "*", SearchOption.AllDirectories).Select(
            e => Path.GetRelativePath(folder.File(run), e))];

    /// <summary>What an event file says, but for the times and the speed.</summary>
    private static IEnumerable<(long Step, string? Tag, float? Value)> Points(string file) =>
        from record in EventFile.Read(file)
        where record.Tag != "speed/images_per_second"
        select (record.Step, record.Tag, record.Value);
}
