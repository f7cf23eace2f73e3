using Idsnn.Training;

namespace Idsnn.Tests.Training;

/// <summary>metrics.csv, whose columns follow the terms of a run's objectives.</summary>
public sealed class EpochRowTests
{
    private const string Plain =
        "network,epoch,lr,train_loss,train_ce,train_kl,train_accuracy,test_loss,test_accuracy,firing_rate,gradient_norm";

    private static readonly EpochRow Row = new("student", 1, 0.05, 1.5, Tiny.Terms(1.25, 0.25), 0.5, 2, 0.25, 0.125, 3.5);

    [Test]
    public void ARunOfTheUsualTermsHasTheUsualColumns()
    {
        string[] lines = [.. EpochRow.ToCsv([Row with { Network = "teacher", TrainTerms = Tiny.Terms(1.25) }, Row])];

        Assert.That(lines, Is.EqualTo(new[]
        {
            Plain, "teacher,1,0.05,1.5,1.25,0,0.5,2,0.25,0.125,3.5", "student,1,0.05,1.5,1.25,0.25,0.5,2,0.25,0.125,3.5",
        }));
        Assert.That(EpochRow.Parse(lines, "file")[1], Is.EqualTo(Row));
    }

    [Test]
    public void FurtherTermsHaveColumnsOfTheirOwn()
    {
        var further = Row with { TrainTerms = new([.. Row.TrainTerms, new("features", 3), new("attention", 4)]) };
        string[] lines = [.. EpochRow.ToCsv([Row, further])];

        Assert.That(lines[0], Does.Contain(",train_kl,train_features,train_attention,train_accuracy,"));
        Assert.That(EpochRow.Parse(lines, "file")[1], Is.EqualTo(further));
    }

    [TestCase("network,epoch")]
    [TestCase("network,epoch,lr,train_loss,train_ce,train_accuracy,test_loss,test_accuracy,firing_rate,gradient_norm")]
    [TestCase(
        "network,epoch,lr,train_loss,train_ce,train_kl,train_x,train_x,train_accuracy,test_loss,test_accuracy,firing_rate,gradient_norm")]
    [TestCase("network,epoch,lr,train_loss,train_ce,train_kl,other,train_accuracy,test_loss,test_accuracy,firing_rate,gradient_norm")]
    public void OtherHeadsAreRefused(string head) =>
        Failure.Says<InvalidDataException>($"file does not begin with '{Plain}'", () => EpochRow.Parse([head], "file"));
}
