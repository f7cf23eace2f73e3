using Idsnn.Training;

namespace Idsnn.Tests.Training;

/// <summary>
/// Rates that PyTorch 1.13's schedulers gave for a base rate of 0.1, stepped after every training step, seven of which are an epoch.
/// </summary>
public class PyTorchScheduleTests
{
    // CosineAnnealingLR(T_max=35).
    [TestCase(0, 0, 0.1)]
    [TestCase(0, 1, 0.09979871469976197)]
    [TestCase(1, 1, 0.08765357330018057)]
    [TestCase(2, 3, 0.05224324151752577)]
    [TestCase(2, 4, 0.04775675848247427)]
    [TestCase(4, 2, 0.00495155660487905)]
    [TestCase(4, 6, 0.00020128530023804663)]
    public void Cosine(int epoch, int step, double rate) => Assert.That(
        new LearningRateSchedule(0.1, 5, ScheduleKind.Cosine, []).At(epoch, step, 7), Is.EqualTo(rate).Within(1e-14));

    // SequentialLR([LinearLR(start_factor=1/14, total_iters=13), CosineAnnealingLR(T_max=21)], milestones=[14]).
    [TestCase(0, 0, 0.007142857142857143)]
    [TestCase(0, 1, 0.014285714285714285)]
    [TestCase(0, 6, 0.05000000000000001)]
    [TestCase(1, 0, 0.05714285714285715)]
    [TestCase(1, 6, 0.09999999999999998)]
    [TestCase(2, 0, 0.1)]
    [TestCase(2, 1, 0.09944154131125643)]
    [TestCase(2, 6, 0.08117449009293667)]
    [TestCase(3, 6, 0.031732948781680245)]
    [TestCase(4, 6, 0.0005584586887435739)]
    public void WarmUpThenCosine(int epoch, int step, double rate) => Assert.That(
        new LearningRateSchedule(0.1, 5, ScheduleKind.Cosine, [], WarmupEpochs: 2).At(epoch, step, 7), Is.EqualTo(rate).Within(1e-14));

    // MultiStepLR([2, 4], gamma=0.2), stepped after every epoch.
    [TestCase(1, 6, 0.1)]
    [TestCase(2, 0, 0.020000000000000004)]
    [TestCase(3, 6, 0.020000000000000004)]
    [TestCase(4, 0, 0.004000000000000001)]
    public void MultiStep(int epoch, int step, double rate) => Assert.That(
        new LearningRateSchedule(0.1, 5, ScheduleKind.MultiStep, [2, 4], Gamma: 0.2).At(epoch, step, 7), Is.EqualTo(rate).Within(1e-14));
}
