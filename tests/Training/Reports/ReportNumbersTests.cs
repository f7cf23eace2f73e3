using System.Globalization;
using System.Xml.Linq;
using Idsnn.Training;

namespace Idsnn.Tests.Training;

/// <summary>The numbers on a page are the run's.</summary>
public class ReportNumbersTests
{
    private static RunRecord Run => SampleRuns.Finished;

    private static NetworkInsight Insight => Run.Results!.Insight!;

    [Test]
    public void TheResultTableHoldsBothNetworks()
    {
        string[][] rows = new Markup(Run).Rows("result");
        var (teacher, student) = (Run.Results!.Networks[0], Run.Results.Networks[1]);

        Assert.That(rows[0], Is.EqualTo("network|last, %|best, %|best at epoch|epochs|model|width|T|parameters".Split('|')));
        Assert.That(rows[1], Is.EqualTo(new[]
        {
            "teacher", Percent(teacher.LastAccuracy), Percent(teacher.BestAccuracy), $"{teacher.BestEpoch}", "60",
            "resnet34", "64", "–", "21,282,122",
        }));
        Assert.That(rows[2], Is.EqualTo(new[]
        {
            "student", Percent(student.LastAccuracy), Percent(student.BestAccuracy), $"{student.BestEpoch}", "60",
            "spiking-resnet18", "64", "4", "11,173,962",
        }));
    }

    [Test]
    public void WithoutResultsTheTableHoldsWhatTheEpochsSay()
    {
        string[] student = new Markup(SampleRuns.Unfinished).Rows("result")[2];
        var rows = SampleRuns.Unfinished.Epochs.Where(row => row.Network == "student").ToList();

        Assert.That(student[1..5], Is.EqualTo(new[]
        {
            Percent(rows[^1].TestAccuracy), Percent(rows.Max(row => row.TestAccuracy)), $"{rows.MaxBy(row => row.TestAccuracy)!.Epoch}",
            "8 of 60",
        }));
        Assert.That(student[^1], Is.EqualTo("–"));
    }

    [Test]
    public void ATeacherTrainedBeforeHasItsCheckpointsAccuracy()
    {
        var page = new Markup(SampleRuns.Loaded);

        Assert.That(page.Rows("result")[1][..5], Is.EqualTo(new[] { "teacher", "91.51", "–", "–", "trained before" }));
        Assert.That(Markup.Plain(page.All("header").Single()), Does.Contain("points below its teacher, ResNet-34 (91.51 %)."));
        Assert.That(page.All("path").Where(path => path.Attribute("class")?.Value == "level"), Is.Not.Empty);
    }

    [Test]
    public void TheStandardErrorIsThatOfTheTestImages()
    {
        double p = Run.Results!.Networks[1].LastAccuracy;
        string caption = Markup.Plain(new Markup(Run).Part("result").Descendants("figcaption").Single());

        string error = Percent(Math.Sqrt(p * (1 - p) / 10_000));
        Assert.That(caption, Does.Contain($"With 10,000 images one standard error of the student’s figure is {error} points"));
    }

    [Test]
    public void TheConfusionMatrixIsWritten()
    {
        string[][] rows = [.. new Markup(Run).Rows("confusion").Skip(1).Take(10)];

        for (int k = 0; k < 10; k++)
        {
            var counts = Insight.Confusion[k];
            Assert.That(rows[k][0], Is.EqualTo(Insight.ClassNames[k]));
            Assert.That(rows[k][1..11], Is.EqualTo(counts.Select(n => n == 0 ? "·" : $"{n}")));
            Assert.That(rows[k][11], Is.EqualTo(Tenths(counts[k] / (double)counts.Sum())));
        }
    }

    [Test]
    public void TheMostConfusedPairComesFirst()
    {
        foreach (var run in (RunRecord[])[Run, SampleRuns.Hundred])
        {
            var insight = run.Results!.Insight!;
            var classes = Enumerable.Range(0, insight.ClassNames.Count);
            var (k, j) = (from a in classes from b in classes where a != b select (a, b)).MaxBy(pair => insight.Confusion[pair.a][pair.b]);
            string[][] rows = new Markup(run).Rows("confusion");

            Assert.That(rows[Array.FindIndex(rows, row => row[1] == "taken for") + 1][..3], Is.EqualTo(new[]
            {
                insight.ClassNames[k], insight.ClassNames[j], $"{insight.Confusion[k][j]}",
            }));
        }
    }

    [Test]
    public void AHundredClassesAreDrawnCellByCell()
    {
        var insight = SampleRuns.Hundred.Results!.Insight!;
        var drawn = new Dictionary<(int X, int Y), int>();
        foreach (var path in new Markup(SampleRuns.Hundred).Part("confusion").Descendants("path"))
        {
            int level = int.Parse(path.Attribute("class")!.Value[1..], CultureInfo.InvariantCulture);
            double[] numbers = Markup.Numbers(path.Attribute("d")!.Value);
            foreach (double[] cell in numbers.Chunk(5)) drawn.Add(((int)cell[0], (int)cell[1]), level);
        }

        for (int k = 0; k < 100; k++)
        {
            for (int j = 0; j < 100; j++)
            {
                double share = insight.Confusion[k][j] / (double)insight.Confusion[k].Sum();
                Assert.That(drawn.GetValueOrDefault((j, k)), Is.EqualTo((int)Math.Round(10 * Math.Sqrt(share))), $"{k} taken for {j}");
            }
        }
    }

    [Test]
    public void FiringRatesStandByLayerAndTimestep()
    {
        string[][] rows = new Markup(Run).Rows("firing");

        string[] heads = ["mean, %", "silentchannels, %", "saturatedchannels, %", "in window, %"];
        Assert.That(rows[0], Is.EqualTo((string[])["layer", "H×W×C", "t = 1", "t = 2", "t = 3", "t = 4", .. heads]));
        Assert.That(rows, Has.Length.EqualTo(18));
        foreach (var (row, layer) in rows.Skip(1).Zip(Insight.Layers))
        {
            double[] shares = [.. layer.FiringRates, layer.MeanRate, layer.SilentChannels, layer.SaturatedChannels, layer.InWindow];
            Assert.That(row, Is.EqualTo((string[])[layer.Name, layer.Shape, .. shares.Select(Tenths)]));
        }
    }

    [TestCase(0, 0.2, 0.1, 0.3, "None is silent, saturated or out of its gradients’ reach", null)]
    [TestCase(0.5, 0.2, 0.1, 0.3, "layer1.0.bn1 is mostly silent", "silent")]
    [TestCase(0.1, 0.5, 0.1, 0.3, "layer1.0.bn1 is mostly saturated", "saturated")]
    [TestCase(0.1, 0.1, 0.1, 0.009, "layer1.0.bn1 is outside the surrogate’s window", "no gradients")]
    [TestCase(0.9, 0.1, 0.0, 0.0, "layer1.0.bn1 is mostly silent", "silent, no gradients")]
    public void LayersThatDoNotWorkAreMarked(double silent, double saturated, double rate, double window, string sentence, string? remark)
    {
        var layers = Insight.Layers.ToList();
        layers[1] = layers[1] with
        {
            SilentChannels = silent,
            SaturatedChannels = saturated,
            FiringRates = [rate, rate, rate, rate],
            InWindow = window,
        };
        var page = new Markup(Run with { Results = Run.Results! with { Insight = Insight with { Layers = layers } } });

        Assert.That(Markup.Plain(page.Part("firing").Element("p")!), Does.Contain(sentence));
        Assert.That(page.Rows("firing")[2].ElementAtOrDefault(10), Is.EqualTo(remark));
        int flagged = page.Part("firing").Descendants("tr").Count(row => row.Attribute("class")?.Value == "flagged");
        Assert.That(flagged, Is.EqualTo(remark is null ? 0 : 1));
    }

    [Test]
    public void ManyTimestepsAreDrawnInsteadOfWritten()
    {
        var layers = Insight.Layers.Select(layer => layer with { FiringRates = [.. Enumerable.Repeat(0.09, 32)] }).ToList();
        var page = new Markup(Run with { Results = Run.Results! with { Insight = Insight with { Layers = layers } } });

        Assert.That(page.Rows("firing")[1], Has.Length.EqualTo(6));
        Assert.That(page.Part("firing").Descendants("svg").Single().Attribute("viewBox")!.Value, Is.EqualTo("0 0 32 17"));
    }

    [Test]
    public void EnergyIsReckonedFromItsOperations()
    {
        var page = new Markup(Run);
        string[][] rows = page.Rows("energy");

        // 7.08e6 · 4.6 pJ + 2.1e8 · 0.9 pJ = 221.568 µJ; 1.16e9 · 4.6 pJ = 5336 µJ; 24.08 times.
        Assert.That(rows[1][..4], Is.EqualTo(new[] { "student", "7.08 M", "210 M", "222 µJ" }));
        Assert.That(rows[2][..4], Is.EqualTo(new[] { "teacher", "1.16 G", "0", "5.34 mJ" }));
        Assert.That(
            Markup.Plain(page.Part("energy")), Does.Contain("222 µJ of arithmetic, 4.2 % of the teacher’s 5.34 mJ: 24.1 times less.")
            .And.Contain("4.6 pJ, an accumulate at 0.9 pJ").And.Contain("Horowitz, ISSCC 2014")
                .And.Contain("with it, as published tables count, one pass of the student is 555 M MACs, of the teacher 1.16 G."));
        var widths = page.Part("energy").Descendants("span").Attributes("style").Select(style => style.Value);
        Assert.That(widths, Is.EqualTo(new[] { "width:0.61%", "width:3.54%", "width:100%", "width:0%" }));
    }

    [Test]
    public void AccuracyAgainstTimestepsIsWrittenAtItsPoints()
    {
        var values = new Markup(Run).Part("energy").Descendants("text")
            .Where(text => text.Attribute("class")!.Value == "value").Select(text => text.Value);

        Assert.That(values, Is.EqualTo(Insight.AccuracyByTimestep.Select(Tenths)));
    }

    [Test]
    public void SamplesSayWhatWasPredictedAndWhatIsTrue()
    {
        var items = new Markup(Run).Part("samples").Descendants("li").ToList();

        Assert.That(items, Has.Count.EqualTo(24));
        Assert.That(Markup.Plain(items[0]), Is.EqualTo("airplane 90 %"));
        Assert.That(items[0].Attribute("class"), Is.Null);
        Assert.That(Markup.Plain(items[3]), Is.EqualTo("✗ dog 48 % is cat"));
        Assert.That(items[3].Attribute("class")!.Value, Is.EqualTo("wrong"));
        Assert.That(items[3].Element("img")!.Attribute("src")!.Value, Is.EqualTo("data:image/png;base64," + SampleRuns.Pixel));
    }

    [Test]
    public void StagesHaveTheirTimes()
    {
        var rows = new Markup(Run).Rows("time").Skip(1).Select(row => row[..3]);

        Assert.That(rows, Is.EqualTo((string[][])
        [
            ["teacher", "1 h 10 min", "712"], ["student", "4 h 12 min", "198"], ["insight", "1 min 04 s", "–"], ["all", "5 h 23 min", ""],
        ]));
    }

    [Test]
    public void SettingsSayWhatRan()
    {
        string[][] rows = new Markup(Run).Rows("settings");
        string Fact(string name) => rows.Single(row => row[0] == name)[1];

        Assert.That(Fact("student"), Is.EqualTo("spiking-resnet18, width 64, 10 classes, T = 4, direct encoding; "
            + "LIF neuron: decay 0.25, threshold 0.5, hard reset, detached, rectangle surrogate ± 0.5"));
        Assert.That(Fact("method"), Does.Contain("distillation α 0.3, temperature 4"));
        Assert.That(Fact("program"), Is.EqualTo("idsnn-train 0.1.0, commit 0123abcd"));
        Assert.That(Fact("device"), Is.EqualTo("opencl:0: made-up device"));
        Assert.That(new Markup(Run).All("pre").Single().Value, Is.EqualTo(
            "dotnet run -c Release --project tools/Train -- train --dataset cifar10 --data-path 'my data' --epochs 60"));
    }

    [Test]
    public void SeveralRunsStandBesideEachOther()
    {
        var page = new Markup(Run, SampleRuns.Loaded);
        string[][] rows = page.Rows("result"), settings = page.Rows("settings");

        Assert.That(rows[1][..8], Is.EqualTo(new[]
        {
            "A 20260102-030405-spiking-resnet18", Percent(Run.Results!.Networks[1].LastAccuracy),
            Percent(Run.Results.Networks[1].BestAccuracy), Percent(Run.Results.Networks[0].LastAccuracy), "60", "4",
            Tenths(Insight.Layers.Average(layer => layer.MeanRate)), "222 µJ",
        }));
        Assert.That(rows[2][0], Is.EqualTo("B loaded"));
        Assert.That(settings.Select(row => row[0]), Is.EqualTo(new[]
        {
            "option", "--epochs", "--seed", "--teacher-checkpoint", "--teacher-epochs", "--timesteps",
        }));
        Assert.That(settings[2], Is.EqualTo(new[] { "--seed", "0", "7" }));
    }

    [Test]
    public void TheHighestIsNamedWhereAllLearnTheSame()
    {
        string Lead(params RunRecord[] runs) => Markup.Plain(new Markup(runs).All("header").Single());

        string highest = $"B is highest after its last epoch with {Percent(Run.Epochs[^1].TestAccuracy)} %, A lowest";
        Assert.That(Lead(SampleRuns.Loaded, Run), Does.Contain(highest));
        Assert.That(Lead(SampleRuns.Hundred, Run), Does.Contain("They learn different data").And.Not.Contain("highest"));
        Assert.That(Lead(SampleRuns.Empty, SampleRuns.Empty), Does.Contain("None of them has ended an epoch yet."));
    }

    [Test]
    public void RunsOfSeveralSeedsHaveAMeanAndADeviation()
    {
        RunRecord Seed(int seed, double last) => Run with
        {
            Config = Run.Config with { Options = new Dictionary<string, string>(Run.Config.Options) { ["seed"] = $"{seed}" } },
            Results = Run.Results! with { Networks = [Run.Results.Networks[0], Run.Results.Networks[1] with { LastAccuracy = last }] },
        };
        string Lead(params RunRecord[] runs) => Markup.Plain(new Markup(runs).All("header").Single());

        Assert.That(Lead(Seed(0, 0.90), Seed(1, 0.91), Seed(2, 0.95)), Does.Contain("92.00 ± 2.65 % (mean ± standard deviation of 3)."));
        Assert.That(Lead(Seed(0, 0.90), SampleRuns.Loaded), Does.Not.Contain("±"));
    }

    private static string Tenths(double share) => (100 * share).ToString("F1", CultureInfo.InvariantCulture);

    private static string Percent(double share) => (100 * share).ToString("F2", CultureInfo.InvariantCulture);
}
