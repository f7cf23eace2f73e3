using Idsnn.Training;

namespace Idsnn.Tests.Training;

/// <summary>Means, spreads, gains from seed to seed, and how soon an accuracy is reached.</summary>
public class ConvergenceTests
{
    private static readonly Dictionary<string, double[]> Curves = new()
    {
        ["slow-0"] = [0.2, 0.3, 0.5, 0.4],
        ["slow-1"] = [0.2, 0.4, 0.4, 0.7],
        ["fast-0"] = [0.3, 0.6, 0.6, 0.8],
        ["fast-1"] = [0.6, 0.6, 0.7, 0.6],
        ["late-0"] = [0.1, 0.1, 0.2, 0.3],
        ["late-1"] = [0.1, 0.1, 0.2, 0.65],
    };

    private static readonly IReadOnlyList<CellResult> Cells = CellResult.WithGains(
        [Cell("slow", null), Cell("fast", "slow"), Cell("late", "slow")]);

    [Test]
    public void AStatisticIsMeanAndSampleDeviation()
    {
        Assert.That(Statistic.Of(1, 2, 6), Is.EqualTo(new Statistic(3, Math.Sqrt(7), 3)));
        Assert.That(Statistic.Of(5), Is.EqualTo(new Statistic(5, null, 1)));
        Assert.That(Statistic.Of(), Is.Null);
    }

    [Test]
    public void GainsAreTakenSeedBySeed()
    {
        var gain = Cells[1].LastGain!;

        Assert.That(gain.Mean, Is.EqualTo((0.4 + -0.1) / 2).Within(1e-12));
        Assert.That(gain.Deviation, Is.EqualTo(0.5 / Math.Sqrt(2)).Within(1e-12));
        Assert.That(Cells[1].BestGain!.Mean, Is.EqualTo((0.3 + 0) / 2).Within(1e-12));
        Assert.That(Cells[0].LastGain, Is.Null);
        Assert.That(Cells[1].PaperGain, Is.EqualTo(0.1).Within(1e-12));
    }

    [Test]
    public void TheSpeedUpIsThePapers()
    {
        // The slow ones' best are 0.5 after epoch 3 and 0.7 after epoch 4: 0.6 takes 3.5 epochs.
        var target = Targets()[0];

        Assert.That((target.Name, target.ReferenceEpochs), Is.EqualTo(("longest", (double?)3.5)));
        Assert.That(target.Accuracy, Is.EqualTo(0.6).Within(1e-12));
        Assert.That(target.Approaches.Select(a => (a.Row, a.Reached, a.Epochs?.Mean)), Is.EqualTo(new (string, int, double?)[]
        {
            ("slow", 1, 4), ("fast", 2, 1.5), ("late", 1, 4),
        }));
        Assert.That(target.Approaches[1].Speedup, Is.EqualTo(3.5 / 1.5).Within(1e-12));
        Assert.That(target.Approaches[2].Speedup, Is.Null, "one seed never gets there");
    }

    [Test]
    public void APointBelowTheBestIsATargetOfItsOwn()
    {
        var target = Targets()[1];

        Assert.That((target.Name, target.ReferenceEpochs), Is.EqualTo(("nearly", (double?)null)), "one of its seeds never gets there");
        Assert.That(target.Accuracy, Is.EqualTo(0.59).Within(1e-12));
        Assert.That(target.Approaches.Select(a => a.Speedup), Is.All.Null);

        var alone = Convergence.Targets([Cells[0] with { Runs = [Seed("slow", 1)] }], "slow", Epochs)[1];
        Assert.That((alone.Accuracy, alone.ReferenceEpochs), Is.EqualTo((0.7 - 0.01, (double?)4)));
    }

    [Test]
    public void UnderEveryOtherVariantItsOwnBestIsTheTarget()
    {
        CellResult[] cells = [.. Cells, .. Cells.Select(cell => cell with { Variant = "T6", VariantTitle = "T = 6" })];
        var targets = Convergence.Targets(cells, "slow", Epochs);

        Assert.That(targets.Select(target => target.Name), Is.EqualTo(new[] { "longest", "nearly", "own:T6" }));
        Assert.That(targets.Select(target => target.Approaches.Count), Is.EqualTo(new[] { 6, 6, 3 }));
        Assert.That(targets[2].Approaches.Select(a => a.Variant), Is.All.EqualTo("T6"));
        Assert.That(targets[2].Approaches[1].Speedup, Is.EqualTo(3.5 / 1.5).Within(1e-12));
    }

    [Test]
    public void WithoutTheReferenceThereIsNothingToReach() =>
        Assert.That(Convergence.Targets([.. Cells.Skip(1)], "slow", Epochs), Is.Empty);

    [Test]
    public void AnEpochThatIsGoodEnoughIsTheFirstOfThem()
    {
        Assert.That(Convergence.EpochsTo(0.6, Rows("fast-1").Reverse()), Is.EqualTo(1));
        Assert.That(Convergence.EpochsTo(0.9, Rows("fast-1")), Is.Null);
    }

    private static IReadOnlyList<ConvergenceTarget> Targets() => Convergence.Targets(Cells, "slow", Epochs);

    private static CellResult Cell(string row, string? against) => new(
        row, row, "T4", "T = 4", 4, against, [], [.. Enumerable.Range(0, 2).Select(seed => Seed(row, seed))],
        new PaperFigure("CIFAR-10", row == "slow" ? 0.8 : 0.9));

    private static SeedResult Seed(string row, int seed)
    {
        double[] curve = Curves[$"{row}-{seed}"];
        return new SeedResult(
            $"{row}-{seed}", (ulong)seed, curve.Length, curve[^1], curve.Max(), Array.IndexOf(curve, curve.Max()) + 1, 0.3, 50, 1);
    }

    private static IReadOnlyList<EpochRow> Epochs(SeedResult run) => [.. Rows(run.Run)];

    private static IEnumerable<EpochRow> Rows(string run) =>
        Curves[run].Select((accuracy, i) => new EpochRow("student", i + 1, 0.1, 1, Tiny.Terms(1), accuracy, 1, accuracy, 0.3, 1));
}
