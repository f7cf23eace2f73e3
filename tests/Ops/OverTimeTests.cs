using Idsnn.Engine;

namespace Idsnn.Tests;

public sealed class OverTimeTests(string name) : DeviceTests(name)
{
    [Test]
    public void RepeatOverTime([Values(1, 2, 5)] int timesteps, [Values(1, 3, 8, 16)] int width)
    {
        GradientCheck.Run(
            Device,
            t => Ops.RepeatOverTime(t[0], timesteps),
            t => [.. Enumerable.Repeat(t[0], timesteps).SelectMany(x => x)],
            new Draw(width).Operand("x", [3, width]));
    }

    [Test]
    public void MeanOverTime([Values(1, 2, 5)] int timesteps, [Values(1, 3, 8, 16)] int width)
    {
        int sites = 3 * width;
        GradientCheck.Run(
            Device,
            t => Ops.MeanOverTime(t[0], timesteps),
            t => [.. Enumerable.Range(0, sites).Select(s => Enumerable.Range(0, timesteps).Average(step => t[0][(step * sites) + s]))],
            new Draw(width).Operand("x", [timesteps * 3, width]));
    }

    [Test]
    public void ShapesFoldTimeIntoTheBatch()
    {
        var x = Tensor.Full(Device, [6, 2, 2, 1], 1f);
        Assert.That(Ops.RepeatOverTime(x, 4).Shape, Is.EqualTo(Shape.Create([24, 2, 2, 1])));
        Assert.That(Ops.MeanOverTime(x, 3).Shape, Is.EqualTo(Shape.Create([2, 2, 2, 1])));
    }

    [Test]
    public void WrongTimesAreRefused()
    {
        var x = Tensor.Full(Device, [6, 2], 1f);
        Failure.Says("RepeatOverTime: the number of time-steps must be at least 1, got 0", () => Ops.RepeatOverTime(x, 0));
        Failure.Says("MeanOverTime: x must be [T·N, ...] with T = 4 at least 1, got [6, 2]", () => Ops.MeanOverTime(x, 4));
        Failure.Says("MeanOverTime: x must be [T·N, ...] with T = 0 at least 1, got [6, 2]", () => Ops.MeanOverTime(x, 0));
    }
}
