using System.Text.Json;
using System.Xml.Linq;

namespace Idsnn.Tests.Tools;

/// <summary>experiment: its runs are ordinary ones, none is done twice, and what it says of them is theirs.</summary>
[Category("Slow")]
public class ExperimentVerbTests
{
    private TemporaryFolder folder = null!;
    private Outcome whole = null!;

    private string Root => folder.File("small");

    [OneTimeSetUp]
    public void RunTheAblation()
    {
        folder = new TemporaryFolder();
        whole = Tiny("ablation", Root, "--seeds", "2");
        Assert.That((whole.Code, whole.Errors), Is.EqualTo((0, "")));
    }

    [OneTimeTearDown]
    public void DeleteFolder() => folder.Dispose();

    [Test]
    public void TheAblationTrainsFourRowsFromOneTeacher()
    {
        string[] rows = ["baseline", "init", "kd", "idsnn"];
        string[] runs = [.. Directory.EnumerateDirectories(Path.Combine(Root, "runs")).Select(run => Path.GetFileName(run)!)];

        Assert.That(runs, Is.EquivalentTo(rows.SelectMany(row => (string[])[$"{row}-T1-seed0", $"{row}-T1-seed1"]).Append("teacher")));
        Assert.That(whole.Lines.Count(line => line.StartsWith("[9/9] ", StringComparison.Ordinal)), Is.EqualTo(1));
        foreach (string run in runs.Where(run => run != "teacher" && !run.StartsWith("baseline", StringComparison.Ordinal)))
        {
            Assert.That(
                Config(run).GetProperty("teacher-checkpoint").GetString(), Does.EndWith("runs/teacher/checkpoints/last.safetensors"));
        }
    }

    [TestCase("baseline", "none", "0")]
    [TestCase("init", "prefix", "0")]
    [TestCase("kd", "none", "0.5")]
    [TestCase("idsnn", "prefix", "0.3")]
    public void RowsDifferInInitialisationAndDistillationAlone(string row, string init, string alpha)
    {
        var config = Config($"{row}-T1-seed1");
        var other = Config("idsnn-T1-seed1");
        string[] differing =
        [
            .. other.EnumerateObject().Select(option => option.Name)
                .Where(name => !config.TryGetProperty(name, out var value) || value.GetString() != other.GetProperty(name).GetString()),
        ];

        Assert.That((config.GetProperty("init").GetString(), config.GetProperty("kd-alpha").GetString()), Is.EqualTo((init, alpha)));
        Assert.That(differing, Is.SubsetOf((string[])["init", "kd-alpha", "teacher-checkpoint"]));
    }

    [Test]
    public void ResultsAreThoseOfTheRuns()
    {
        using var results = JsonDocument.Parse(File.ReadAllText(Path.Combine(Root, "ablation", "results.json")));
        string[] lines = File.ReadAllLines(Path.Combine(Root, "ablation", "results.csv"));

        Assert.That(results.RootElement.GetProperty("finished_runs").GetInt32(), Is.EqualTo(8));
        Assert.That(lines, Has.Length.EqualTo(9));
        foreach (var cell in results.RootElement.GetProperty("cells").EnumerateArray())
        {
            double[] last = [.. cell.GetProperty("runs").EnumerateArray().Select(run => run.GetProperty("last").GetDouble())];
            double[] own = [.. cell.GetProperty("runs").EnumerateArray().Select(run => LastAccuracy(run.GetProperty("run").GetString()!))];
            Assert.That(last, Is.EqualTo(own).And.Length.EqualTo(2));
            Assert.That(cell.GetProperty("last").GetProperty("mean").GetDouble(), Is.EqualTo(own.Average()).Within(1e-12));
        }
    }

    [Test]
    public void ThePageIsWellFormedAndLinksToTheRuns()
    {
        var page = XDocument.Load(Path.Combine(Root, "ablation", "report.html"));
        string[] links = [.. page.Descendants("a").Select(a => a.Attribute("href")!.Value).Where(href => href[0] != '#')];

        Assert.That(links, Has.Length.EqualTo(8));
        Assert.That(links.Select(link => Path.Combine(Root, "ablation", link)), Has.All.Matches<string>(File.Exists));
    }

    [Test]
    public void WhatIsDoneIsNotDoneAgain()
    {
        var again = Tiny("ablation", Root, "--seeds", "2");

        Assert.That(again.Lines[0], Does.Contain("9 runs, 0 of them to be trained"));
        Assert.That(again.Lines.Any(line => line.Contains("loss", StringComparison.Ordinal)), Is.False);
    }

    [Test]
    public void AnotherExperimentFindsWhatItHasInCommon()
    {
        var plan = Tiny("choices", Root, "--seeds", "1", "--dry-run");

        Assert.That(plan.Lines, Has.Some.Match("^baseline-T1-seed0 .* done$"));
        Assert.That(plan.Lines, Has.Some.Match("^even-T1-seed0 .* to be trained$"));
        Assert.That(Directory.Exists(Path.Combine(Root, "choices")), Is.False);
    }

    [Test]
    public void TimeStepsAreMeasuredOnceEach()
    {
        string[] Rows() => File.ReadAllLines(folder.File("steps/timesteps/timesteps.csv"));
        var first = Tiny("timesteps", folder.File("steps"), "-T", "1,2");
        string[] measured = Rows();
        var again = Tiny("timesteps", folder.File("steps"), "-T", "1,2");

        Assert.That((first.Code, first.Errors, again.Code), Is.EqualTo((0, "", 0)));
        Assert.That(measured, Has.Length.EqualTo(4), "the network of T = 2 at both, that of T = 1 at its own");
        Assert.That(Rows(), Is.EqualTo(measured), "wall clocks too: nothing was measured again");
        Assert.That(File.ReadAllText(folder.File("steps/timesteps/report.html")), Does.Contain("trained at each"));
    }

    [Test]
    public void AnInterruptedExperimentSaysHowToGoOn()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        var stopped = CommandLine.Run(cancelled.Token, Arguments("ablation", folder.File("stopped"), "--only", "baseline"));
        var gone = Tiny("ablation", folder.File("stopped"), "--only", "baseline", "--seeds", "1");

        Assert.That(stopped.Code, Is.EqualTo(130));
        Assert.That(stopped.Errors, Does.Match("^interrupted; what was done is saved; to go on: .* experiment ablation "));
        Assert.That((gone.Code, gone.Errors), Is.EqualTo((0, "")));
    }

    [TestCase("experiment", "name an experiment: ablation, convergence, timesteps, recipe, choices")]
    [TestCase("experiment abaltion", "there is no experiment 'abaltion'; use ablation, ")]
    [TestCase("experiment ablation --scale huge", "--scale: 'huge' is not one of cpu, paper, tiny")]
    [TestCase("experiment ablation --scale tiny --only both", "--only: ablation has no row 'both'; it has baseline, init, kd, idsnn")]
    [TestCase("experiment ablation --scale tiny --seeds 0", "--seeds must be at least 1, got 0")]
    [TestCase("experiment ablation --scale tiny -T 0", "--timesteps must be at least 1, got '0'")]
    [TestCase("experiment convergence --scale tiny -T 1,2", "convergence is about one T at a time")]
    [TestCase("experiment ablation --scale tiny --with=--lrr=1", "train has no option '--lrr' (did you mean --lr?)")]
    [TestCase("experiment ablation --scale tiny --with=--lr=-1", "--lr must be above 0")]
    [TestCase(
        "experiment ablation --scale tiny --with=--nesterov --output-dir ROOT --device cpu -T 1",
        "was started with --nesterov false, this command would start it with --nesterov true; choose another --output-dir")]
    [TestCase("experiment ablation --scale cpu --data-path ROOT/nothing --dry-run", "nothing")]
    public void WrongInputIsRefused(string line, string message) =>
        BadInput.IsRefused(CommandLine.Run([.. line.Replace("ROOT", Root, StringComparison.Ordinal).Split(' ')]), message);

    private static Outcome Tiny(string name, string root, params string[] more) => CommandLine.Run(Arguments(name, root, more));

    private static string[] Arguments(string name, string root, params string[] more)
    {
        string[] steps = more.Contains("-T") ? [] : ["-T", "1"];
        return ["experiment", name, "--scale", "tiny", "--device", "cpu", "--output-dir", root, .. steps, .. more];
    }

    private JsonElement Config(string run)
    {
        using var config = JsonDocument.Parse(File.ReadAllText(Path.Combine(Root, "runs", run, "config.json")));
        return config.RootElement.GetProperty("options").Clone();
    }

    private double LastAccuracy(string run)
    {
        using var results = JsonDocument.Parse(File.ReadAllText(Path.Combine(Root, "runs", run, "results.json")));
        return results.RootElement.GetProperty("networks")[0].GetProperty("last_accuracy").GetDouble();
    }
}
