using System.Xml.Linq;
using Idsnn.Reports;
using Idsnn.Training;

namespace Idsnn.Tests.Training;

/// <summary>What every page must be, and which parts it has.</summary>
public class ReportTests
{
    private static readonly RunRecord Diverged = SampleRuns.Finished with
    {
        Epochs =
        [
            .. SampleRuns.Finished.Epochs.Select(row => row.Network == "teacher" || row.Epoch < 5 ? row : row with
            {
                TrainLoss = double.NaN, TrainTerms = Tiny.Terms(double.NaN), TestLoss = double.PositiveInfinity, GradientNorm = double.NaN,
            }),
        ],
    };

    private static readonly RunRecord Exploded = SampleRuns.Finished with
    {
        Epochs =
        [
            .. SampleRuns.Finished.Epochs.Select(row => row with { TrainLoss = 1e30 * row.Epoch, TestLoss = 1e37, GradientNorm = 1e-30 }),
        ],
    };

    private static readonly Dictionary<string, RunRecord[]> Pages = new()
    {
        ["finished"] = [SampleRuns.Finished],
        ["unfinished"] = [SampleRuns.Unfinished],
        ["loaded"] = [SampleRuns.Loaded],
        ["teacher alone"] = [SampleRuns.TeacherAlone],
        ["hundred classes"] = [SampleRuns.Hundred],
        ["empty"] = [SampleRuns.Empty],
        ["diverged"] = [Diverged],
        ["exploded"] = [Exploded],
        ["untrained"] = [SampleRuns.Empty with { Epochs = [new("student", 0, 0, 0, LossValues.None, 0, 2.3, 0.1, 0, 0)] }],
        ["several"] =
        [
            SampleRuns.Finished, SampleRuns.Unfinished, SampleRuns.TeacherAlone, Diverged, SampleRuns.Hundred, SampleRuns.Loaded,
            SampleRuns.Empty,
        ],
        ["several without epochs"] = [SampleRuns.Empty, SampleRuns.Empty],
    };

    private static IEnumerable<string> Names => Pages.Keys;

    [TestCaseSource(nameof(Names))]
    public void APageAsksNothingOfOtherMachinesAndRunsNoScript(string name)
    {
        var page = new Markup(Pages[name]);

        Assert.That(page.Text, Does.Not.Contain("http:").And.Not.Contain("https:").And.Not.Contain("url(").And.Not.Contain("@import"));
        Assert.That(page.All("script").Concat(page.All("link")).Concat(page.All("iframe")).Concat(page.All("object")), Is.Empty);
        Assert.That(Attributes(page, "src"), Has.All.StartsWith("data:image/png;base64,"));
        var ids = Attributes(page, "id").ToList();
        Assert.That(ids, Is.Unique);
        Assert.That(Attributes(page, "href").Select(href => href[1..]).Distinct(), Is.SubsetOf(ids));
        Assert.That(Attributes(page, "href"), Has.All.StartsWith("#"));
    }

    [TestCaseSource(nameof(Names))]
    public void APageTellsThoseWhoDoNotSeeIt(string name)
    {
        var page = new Markup(Pages[name]);
        var headings = page.Document.Descendants().Select(e => e.Name.LocalName).Where(tag => tag is ['h', >= '1' and <= '6']).ToList();

        Assert.That(page.Document.Root!.Attribute("lang")?.Value, Is.EqualTo("en"));
        Assert.That(headings[0], Is.EqualTo("h1"));
        Assert.That(headings.Skip(1), Has.All.EqualTo("h2"));
        Assert.That(page.All("svg").Select(svg => svg.Attribute("role")?.Value), Has.All.EqualTo("img"));
        Assert.That(page.All("svg").Select(svg => svg.Attribute("aria-label")?.Value.Length ?? 0), Has.All.GreaterThan(20));
        Assert.That(page.All("img").Select(img => img.Attribute("alt")?.Value.Length ?? 0), Has.All.GreaterThan(10));
        Assert.That(page.All("th").Select(th => th.Attribute("scope")?.Value).Distinct(), Is.SubsetOf(new[] { "row", "col" }));
        var widths = page.All("table").Select(table => table.Descendants("tr").Select(row => row.Elements().Count()).Distinct().Count());
        Assert.That(widths, Has.All.EqualTo(1), "different numbers of cells in a table's rows");
    }

    [TestCaseSource(nameof(Names))]
    public void EveryCoordinateIsANumberWithinItsDrawing(string name)
    {
        foreach (var svg in new Markup(Pages[name]).All("svg"))
        {
            double most = Markup.Numbers(svg.Attribute("viewBox")!.Value).Max();
            foreach (var attribute in svg.Descendants().Attributes().Where(a => a.Name.LocalName is "d" or "x" or "y" or "cx" or "cy"))
            {
                double[] numbers = Markup.Numbers(attribute.Value);
                Assert.That(numbers, Is.Not.Empty);

                // A matrix's cells go one to the left.
                Assert.That((numbers.Min() >= -1, numbers.Max() <= most), Is.EqualTo((true, true)), numbers.Min() + " to " + numbers.Max());
            }
        }
    }

    [TestCase("finished", "result curves confusion samples firing energy time settings")]
    [TestCase("unfinished", "result curves settings")]
    [TestCase("loaded", "result curves confusion samples firing energy time settings")]
    [TestCase("teacher alone", "result curves confusion samples energy time settings")]
    [TestCase("empty", "result settings")]
    [TestCase("untrained", "result settings")]
    [TestCase("several", "result settings curves run-a run-b run-c run-d run-e run-f run-g")]
    [TestCase("several without epochs", "result run-a run-b")]
    public void APageHasThePartsThatTheDataAllow(string name, string parts) =>
        Assert.That(string.Join(' ', new Markup(Pages[name]).Parts), Is.EqualTo(parts));

    [Test]
    public void AnUnfinishedRunSaysSoAndAFinishedOneDoesNot()
    {
        Assert.That(Notices(new Markup(SampleRuns.Finished)), Is.Empty);
        Assert.That(Notices(new Markup(SampleRuns.Unfinished)).Single(), Does.Contain("not ended: the student stands at 8 of 60 epochs"));
        Assert.That(Notices(new Markup(SampleRuns.Empty)).Single(), Does.Contain("has not ended: the student stands at no epoch yet"));
        Assert.That(Notices(new Markup(SampleRuns.Finished, SampleRuns.Unfinished)).First(), Does.StartWith("Not ended yet: B."));
    }

    [Test]
    public void ADivergedRunSaysWhenAndItsLinesEndThere()
    {
        var page = new Markup(Diverged);
        var loss = page.All("figure").Single(figure => figure.Element("p")?.Value == "Loss of the student");

        Assert.That(Notices(page).Single(), Does.StartWith("The student’s loss is no finite number in epoch 5"));
        foreach (var path in loss.Descendants("path"))
        {
            if (!path.Attribute("class")!.Value.StartsWith("line", StringComparison.Ordinal)) continue;
            Assert.That(Markup.Numbers(path.Attribute("d")!.Value), Has.Length.EqualTo(2 * 4), "four points");
        }
    }

    [Test]
    public void WhatPeopleNameIsEscaped()
    {
        const string nasty = "<script>alert('1')</script> & \"two\" \u0001\ud800";
        const string shown = "<script>alert('1')</script> & \"two\" \ufffd\ufffd";
        var run = SampleRuns.Finished;
        string[] names = [nasty, .. run.Config.Dataset.ClassNames.Skip(1)];
        var page = new Markup(run with
        {
            Path = "runs/<b>",
            Config = run.Config with
            {
                Arguments = ["train", nasty, "it's"],
                Device = new("cpu", nasty),
                Dataset = run.Config.Dataset with { Name = nasty, ClassNames = names },
                Options = new Dictionary<string, string> { ["a<b"] = nasty },
            },
            Results = run.Results! with { Insight = run.Results.Insight! with { ClassNames = names } },
        });

        Assert.That(page.All("script"), Is.Empty);
        Assert.That(page.All("b"), Is.Empty);
        Assert.That(page.All("h1").Single().Value, Does.EndWith(shown));
        Assert.That(page.All("img").First().Attribute("alt")!.Value, Does.Contain(shown));
        Assert.That(page.Part("confusion").Descendants("th").Select(th => th.Value), Has.Some.EqualTo(shown).And.Some.EqualTo("bird"));
        string quoted = shown.Replace("'", "'\\''", StringComparison.Ordinal);
        Assert.That(page.All("pre").Single().Value, Does.EndWith($" train '{quoted}' 'it'\\''s'"));
        Assert.That(page.Part("settings").Descendants("li").Single().Value, Is.EqualTo($"a<b {shown}"));
    }

    [Test]
    public void APageReplacesAnOlderOneAndLeavesNothingElse()
    {
        using var folder = new TemporaryFolder();
        string file = folder.File("report.html");
        File.WriteAllText(file, "older");

        Report.Write([SampleRuns.Finished], file);

        Assert.That(folder.Entries, Is.EqualTo(new[] { "report.html" }));
        Assert.That(File.ReadAllText(file), Is.EqualTo(Report.Render([SampleRuns.Finished])));
        Assert.That(() => Report.Write([], file), Throws.ArgumentException);
        Assert.That(() => Report.Write([SampleRuns.Finished], folder.File("no/such/place")), Throws.InstanceOf<IOException>());
    }

    private static IEnumerable<string> Attributes(Markup page, string name) =>
        page.Document.Descendants().Attributes(name).Select(attribute => attribute.Value);

    private static IEnumerable<string> Notices(Markup page) =>
        page.All("p").Where(p => p.Attribute("class")?.Value == "notice").Select(Markup.Plain);
}
