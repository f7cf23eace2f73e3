using Idsnn.Training;

namespace Idsnn.Tests.Training;

public class RunFolderTests
{
    private static readonly EpochResult Epoch = new(1, 0.05, new Metrics(4, 1.5, 1.25, 0.25, 0.5), new Metrics(2, 2, 2, 0, 0.25), 100, 1);

    [Test]
    public void AFolderWithoutResultsGoesAgainAndSoDoItsParents()
    {
        using var folder = new TemporaryFolder();
        using (new RunFolder(folder.File("runs/one"))) Assert.That(Directory.Exists(folder.File("runs/one")));

        Assert.That(folder.Entries, Is.Empty);
    }

    [Test]
    public void AFolderThatWasThereStaysAsItWas()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("metrics.csv"), "of an earlier run");
        using (new RunFolder(folder.Path)) Assert.That(folder.Entries, Is.EqualTo(new[] { "metrics.csv" }));

        Assert.That(File.ReadAllText(folder.File("metrics.csv")), Is.EqualTo("of an earlier run"));
    }

    [Test]
    public void MetricsStartAnewWithTheFirstEpoch()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("metrics.csv"), "of an earlier run");
        using (var run = new RunFolder(folder.Path))
        {
            run.Append("teacher", Epoch);
            run.Append("student", Epoch with { Epoch = 2 });
        }

        Assert.That(File.ReadAllLines(folder.File("metrics.csv")), Is.EqualTo(new[]
        {
            "network,epoch,lr,train_loss,train_ce,train_kl,train_accuracy,test_loss,test_accuracy",
            "teacher,1,0.05,1.5,1.25,0.25,0.5,2,0.25",
            "student,2,0.05,1.5,1.25,0.25,0.5,2,0.25",
        }));
    }

    [TestCase("file")]
    [TestCase("file/deeper")]
    [TestCase("new/\0")]
    public void AnUnwritablePlaceIsNamedAndNothingIsLeft(string place)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("file"), "mine");

        Assert.That(
            () => new RunFolder(folder.File(place)),
            place.Contains('\0', StringComparison.Ordinal)
                ? Throws.ArgumentException
                : Throws.InstanceOf<IOException>().With.Message.StartsWith(
                    $"the output folder '{folder.File(place)}' cannot be made or written to (").And.Message.EndsWith("); choose another"));
        Assert.That(folder.Entries, Is.EqualTo(new[] { "file" }));
    }
}
