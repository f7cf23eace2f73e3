using System.Text.Json;
using Idsnn.Tests.Training;
using Idsnn.Training;

namespace Idsnn.Tests.Tools;

/// <summary>runs and report.</summary>
public class RunsVerbTests
{
    private TemporaryFolder folder = null!;

    [SetUp]
    public void MakeFolder() => folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => folder.Dispose();

    [Test]
    public void RunsAreListedInTheOrderOfTheirStart()
    {
        Save("b-finished", SampleRuns.Finished, "2026-01-02T03:04:05");
        Save("a-stopped", SampleRuns.Unfinished, "2026-01-03T00:00:00");
        Save("c-teacher", SampleRuns.TeacherAlone, "2026-01-01T12:00:00");
        Directory.CreateDirectory(folder.File("no run"));
        var outcome = CommandLine.Run("runs", folder.Path);
        var (teacher, student) = (SampleRuns.Finished.Results!.Networks[0], SampleRuns.Finished.Results.Networks[1]);

        Assert.That((outcome.Code, outcome.Errors), Is.EqualTo((0, "")));
        string teachers = $"{teacher.LastAccuracy:P2}|{teacher.BestAccuracy:P2}";
        string students = $"{student.LastAccuracy:P2}|{student.BestAccuracy:P2}";
        Assert.That(outcome.Lines.Select(Cells), Is.EqualTo(new[]
        {
            "run|model|data|epochs|student|best|teacher|best|state|started",
            $"c-teacher|resnet34|Made-up-10|60/60|-|-|{teachers}|finished|2026-01-01 12:00",
            $"b-finished|spiking-resnet18|Made-up-10|60/60|{students}|{teachers}|finished|2026-01-02 03:04",
            $"a-stopped|spiking-resnet18|Made-up-10|8/60|67.31 %|67.31 %|{teachers}|unfinished|2026-01-03 00:00",
            "",
        }));
        int[] columns = [.. outcome.Lines[1..4].Select(line => line.IndexOf("Made-up", StringComparison.Ordinal))];
        Assert.That(columns, Has.All.EqualTo(columns[0]));
    }

    [Test]
    public void TheSameComesAsJson()
    {
        Save("one", SampleRuns.Loaded, "2026-01-02T03:04:05");
        using var json = JsonDocument.Parse(CommandLine.Run("runs", folder.Path, "--json").Out);
        var run = json.RootElement.EnumerateArray().Single();

        Assert.That(run.EnumerateObject().Select(p => p.Name), Is.EqualTo(new[]
        {
            "run", "state", "date", "model", "data", "epochs", "asked", "student_last", "student_best", "teacher_last", "teacher_best",
        }));
        Assert.That(run.GetProperty("run").GetString(), Is.EqualTo("one"));
        Assert.That((run.GetProperty("epochs").GetInt32(), run.GetProperty("asked").GetInt32()), Is.EqualTo((40, 40)));
        Assert.That(run.GetProperty("teacher_last").GetDouble(), Is.EqualTo(0.9151));
        Assert.That(run.GetProperty("student_last").GetDouble(), Is.EqualTo(SampleRuns.Loaded.Results!.Networks[0].LastAccuracy));
        Assert.That(run.GetProperty("teacher_best").ValueKind, Is.EqualTo(JsonValueKind.Null));
    }

    [Test]
    public void NothingToListIsSaid()
    {
        Assert.That(CommandLine.Run("runs", folder.Path).Out.Trim(), Is.EqualTo($"no runs in '{folder.Path}'"));
        string missing = folder.File("not");
        Assert.That(CommandLine.Run("runs", missing).Out.Trim(), Is.EqualTo($"there is no folder '{missing}', so there are no runs"));
        Assert.That(CommandLine.Run("runs", missing, "--json").Out.Trim(), Is.EqualTo("[]"));
        BadInput.IsRefused(CommandLine.Run("runs", "one", "two"), "'two' is not an option");
    }

    [TestCase("{")]
    [TestCase("{}")]
    [TestCase("null")]
    public void ADamagedRunDoesNotHideTheOthers(string config)
    {
        Save("good", SampleRuns.Finished, "2026-01-02T03:04:05");
        Directory.CreateDirectory(folder.File("bad"));
        File.WriteAllText(folder.File("bad/config.json"), config);
        string[] lines = CommandLine.Run("runs", folder.Path).Lines;

        Assert.That(lines[1], Does.StartWith("bad").And.Contain("damaged"));
        Assert.That(lines[2], Does.StartWith("good").And.Contain("finished"));
    }

    private static IEnumerable<TestCaseData> DamagedRuns()
    {
        (string File, string Good, string Bad, string Message)[] cases =
        [
            ("config.json", "\"class_names\": [", "\"class_names\": [null,", "config.json is damaged: 'dataset.class_names[0]' is missing"),
            ("config.json", "\"epochs\": \"60\",", "", "config.json is damaged: its option 'epochs' is missing"),
            (
                "config.json", "\"epochs\": \"60\"", "\"epochs\": \"many\"",
                "config.json is damaged: its option 'epochs' is 'many', expected a whole number"),
            ("config.json", "\"depth\": 34", "\"depth\": 35", "config.json is damaged: depth must be one of"),
            ("config.json", "\"epochs\": \"60\"", "\"epochs\": \"\\ud800\"", "config.json is damaged: "),
            (
                "config.json", "\"train_images\": 50000", "\"train_images\": -1",
                "config.json is damaged: 'dataset.train_images' is -1, expected 0 or more"),
            ("results.json", "\"networks\": [", "\"networks\": [null,", "results.json is damaged: 'networks[0]' is missing"),
            ("results.json", "\"layers\": [", "\"layers\": [null,", "results.json is damaged: 'insight.layers[0]' is missing"),
            ("results.json", "\"confusion\": [", "\"confusion\": [null,", "results.json is damaged: 'insight.confusion[0]' is missing"),
            ("results.json", "\"confusion\": [", "\"confusion\": [[],", "results.json is damaged: the confusion matrix is not 10 × 10"),
            (
                "results.json", "\"images\": 10000", "\"images\": 9999",
                "results.json is damaged: the confusion matrix counts 10000 of 9999 images"),
            ("results.json", "\"label\": 9", "\"label\": 10", "results.json is damaged: a sample of class 10 is taken for "),
            (
                "results.json", "\"seconds\": 15120", "\"seconds\": \"NaN\"",
                "results.json is damaged: 'stages[1].seconds' is NaN, expected a finite number"),
            ("metrics.csv", "student,3,", "student,3.5,", "metrics.csv: line "),
        ];
        return cases.Select(c => new TestCaseData(c.File, c.Good, c.Bad, c.Message).SetArgDisplayNames(c.Message));
    }

    [TestCaseSource(nameof(DamagedRuns))]
    public void DamageIsNamedAndListedBesideTheGoodRuns(string file, string good, string bad, string message)
    {
        Save("good", SampleRuns.Finished, "2026-01-02T03:04:05");
        Save("bad", SampleRuns.Finished, "2026-01-02T03:04:05");
        string path = folder.File($"bad/{file}"), text = File.ReadAllText(path);
        int at = text.IndexOf(good, StringComparison.Ordinal);
        Assert.That(at, Is.GreaterThan(0), text);
        File.WriteAllText(path, text[..at] + bad + text[(at + good.Length)..]);
        string[] lines = CommandLine.Run("runs", folder.Path).Lines;

        Assert.That(lines[1], Does.StartWith("bad").And.Contain("damaged"));
        Assert.That(lines[2], Does.StartWith("good").And.Contain("finished"));
        BadInput.IsRefused(CommandLine.Run("report", folder.File("bad")), message);
    }

    [Test]
    public void WhatCannotBeReadIsListedAsDamaged()
    {
        Save("good", SampleRuns.Finished, "2026-01-02T03:04:05");
        Directory.CreateDirectory(folder.File("bad/config.json"));
        Directory.CreateDirectory(folder.File("worse"));
        File.WriteAllBytes(folder.File("worse/config.json"), [(byte)'{', 0xff, (byte)'}']);
        string[] lines = CommandLine.Run("runs", folder.Path).Lines;

        Assert.That(lines[1..4].Select(line => Cells(line).Split('|')[0]), Is.EqualTo(new[] { "bad", "worse", "good" }));
        BadInput.IsRefused(CommandLine.Run("report", folder.File("bad")), $"{folder.File("bad/config.json")} cannot be read: ");
        BadInput.IsRefused(CommandLine.Run("report", folder.File("worse")), $"{folder.File("worse/config.json")} is no text in UTF-8: ");
    }

    [Test]
    public void AByteOrderMarkIsNoDamage()
    {
        Save("one", SampleRuns.Finished, "2026-01-02T03:04:05");
        string path = folder.File("one/config.json");
        File.WriteAllText(path, File.ReadAllText(path), new System.Text.UTF8Encoding(encoderShouldEmitUTF8Identifier: true));

        Assert.That(RunRecord.Load(folder.File("one")).Config.Started, Is.EqualTo("2026-01-02T03:04:05"));
    }

    [Test]
    public void NamesDoNotReachTheTerminalRaw()
    {
        Save("red \u001b[31m\nrun", SampleRuns.Finished, "2026-01-02T03:04:05");

        Assert.That(CommandLine.Run("runs", folder.Path).Lines[1], Does.StartWith(@"red \u001B[31m\u000Arun  "));
        Assert.That(
            CommandLine.Run("report", folder.File("no \u001b[31m")).Errors, Does.Contain(@"no \u001B[31m").And.Not.Contain("\u001b"));
    }

    [Test]
    public void AReportGoesIntoItsRunsFolder()
    {
        Save("one", SampleRuns.Finished, "2026-01-02T03:04:05");
        var outcome = CommandLine.Run("report", folder.File("one"));

        Assert.That((outcome.Code, outcome.Errors), Is.EqualTo((0, "")));
        Assert.That(outcome.Out.Trim(), Is.EqualTo($"report of 1 run: {folder.File("one/report.html")}"));
        string page = File.ReadAllText(folder.File("one/report.html"));
        Assert.That(page, Does.Contain("<title>Spiking ResNet\u201118 on Made-up-10 – one</title>"));
    }

    [Test]
    public void AReportOfSeveralRunsGoesWhereItIsSent()
    {
        Save("one", SampleRuns.Finished, "2026-01-02T03:04:05");
        Save("two", SampleRuns.Unfinished, "2026-01-02T03:04:05");
        var outcome = CommandLine.Run("report", folder.File("one"), folder.File("two"), "--output", folder.File("both.html"));

        Assert.That((outcome.Code, outcome.Errors), Is.EqualTo((0, "")));
        Assert.That(File.ReadAllText(folder.File("both.html")), Does.Contain("<h1>2 runs compared</h1>"));
    }

    [Test]
    public void AReportOfNothingIsRefused()
    {
        BadInput.IsRefused(CommandLine.Run("report"), "name a run's folder");
        BadInput.IsRefused(CommandLine.Run("report", folder.File("not")), $"there is no run folder '{folder.File("not")}'");
        BadInput.IsRefused(CommandLine.Run("report", folder.Path), $"'{folder.Path}' is no run's folder: it lacks config.json");
        BadInput.IsRefused(CommandLine.Run("report", folder.Path, "--output", folder.Path), "is a folder; name a file");
    }

    private void Save(string name, RunRecord run, string started)
    {
        string path = folder.File(name);
        Directory.CreateDirectory(path);
        void Write(string file, string text) => File.WriteAllText(Path.Combine(path, file), text);
        Write(RunRecord.ConfigFile, JsonSerializer.Serialize(run.Config with { Started = started }, RunJson.Default.RunConfig));
        Write(RunRecord.MetricsFile, string.Join('\n', EpochRow.ToCsv(run.Epochs)));
        if (run.Results is not null) Write(RunRecord.ResultsFile, JsonSerializer.Serialize(run.Results, RunJson.Default.RunResults));
    }

    private static string Cells(string line) =>
        string.Join('|', line.Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
