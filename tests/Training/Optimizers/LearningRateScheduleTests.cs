using Idsnn.Training;

namespace Idsnn.Tests.Training;

public class LearningRateScheduleTests
{
    // The paper's: 0.05 for 200 epochs, a tenth at 60, 120 and 160.
    [TestCase(0, 0, 0.05)]
    [TestCase(59, 9, 0.05)]
    [TestCase(60, 0, 0.005)]
    [TestCase(119, 9, 0.005)]
    [TestCase(120, 0, 0.0005)]
    [TestCase(160, 0, 0.00005)]
    [TestCase(199, 9, 0.00005)]
    public void MultiStep(int epoch, int step, double rate) => Assert.That(
        new LearningRateSchedule(0.05, 200, ScheduleKind.MultiStep, [60, 120, 160]).At(epoch, step, 10), Is.EqualTo(rate).Within(1e-12));

    [Test]
    public void MilestonesMayComeInAnyOrderAndGammaIsTheFactor() => Assert.That(
        new LearningRateSchedule(1, 10, ScheduleKind.MultiStep, [6, 3], Gamma: 0.5).At(7, 0, 1), Is.EqualTo(0.25).Within(1e-12));

    [TestCase(0, 0, 0.8)]
    [TestCase(2, 5, 0.8 * 0.5 * (1 + 0.70710678118654752))]
    [TestCase(5, 0, 0.4)]
    [TestCase(7, 5, 0.8 * 0.5 * (1 - 0.70710678118654752))]
    [TestCase(10, 0, 0)]
    [TestCase(12, 0, 0)]
    public void Cosine(int epoch, int step, double rate) => Assert.That(
        new LearningRateSchedule(0.8, 10, ScheduleKind.Cosine, []).At(epoch, step, 10), Is.EqualTo(rate).Within(1e-12));

    // Two epochs of four steps: eighths of the base rate, which the last step of the warm-up reaches.
    [TestCase(0, 0, 0.125)]
    [TestCase(0, 3, 0.5)]
    [TestCase(1, 0, 0.625)]
    [TestCase(1, 3, 1.0)]
    public void WarmUpClimbsInAStraightLine(int epoch, int step, double rate)
    {
        foreach (var kind in Enum.GetValues<ScheduleKind>())
        {
            var schedule = new LearningRateSchedule(1, 10, kind, [5], WarmupEpochs: 2);
            Assert.That(schedule.At(epoch, step, 4), Is.EqualTo(rate).Within(1e-12), kind.ToString());
        }
    }

    [Test]
    public void AfterTheWarmUpTheScheduleRunsAsItIs()
    {
        var steps = new LearningRateSchedule(1, 10, ScheduleKind.MultiStep, [1, 5], WarmupEpochs: 2);
        var cosine = new LearningRateSchedule(1, 10, ScheduleKind.Cosine, [], WarmupEpochs: 2);

        Assert.That(steps.At(2, 0, 4), Is.EqualTo(0.1).Within(1e-12), "milestones count from the first epoch");
        Assert.That(steps.At(5, 0, 4), Is.EqualTo(0.01).Within(1e-12));
        Assert.That(cosine.At(2, 0, 4), Is.EqualTo(1).Within(1e-12));
        Assert.That(cosine.At(6, 0, 4), Is.EqualTo(0.5).Within(1e-12), "half of the eight epochs that are left");
    }

    [Test]
    public void AWarmUpAsLongAsTheTrainingIsNoError() => Assert.That(
        new LearningRateSchedule(1, 2, ScheduleKind.Cosine, [], WarmupEpochs: 2).At(1, 3, 4), Is.EqualTo(1).Within(1e-12));
}
