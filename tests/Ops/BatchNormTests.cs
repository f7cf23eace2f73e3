using CsCheck;
using Idsnn.Engine;

namespace Idsnn.Tests;

public sealed class BatchNormTests(string name) : DeviceTests(name)
{
    private const float Epsilon = 1e-3f;

    // At least four rows: with two, x̂ is ±1 whatever x is, and the gradient nothing but rounding.
    private static readonly Gen<(int Rows, int Channels)> Sizes = Gen.Select(Gen.Int[4, 40], Gen.OneOf(1, 3, 4, 8, 16, 20, 32));

    [Test]
    public void Training() => Property.Holds(Sizes, 12, s =>
    {
        var draw = new Draw((100 * s.Rows) + s.Channels);
        GradientCheck.Run(
            Device,
            t => Ops.BatchNorm(t[0], t[1], t[2], Running(draw, s.Channels), true, 0.1f, Epsilon),
            t => BatchNormReference.Forward(t[0], t[1], t[2], Epsilon),
            X(draw, s.Rows, s.Channels), draw.Operand("gamma", [s.Channels], 0.5f, 1.5f), draw.Operand("beta", [s.Channels]));
    });

    [Test]
    public void Evaluation() => Property.Holds(Sizes, 8, s =>
    {
        var draw = new Draw((100 * s.Rows) + s.Channels);
        var running = Running(draw, s.Channels);
        double[] mean = running.Mean.ToArray().Widen(), variance = running.Variance.ToArray().Widen();
        GradientCheck.Run(
            Device,
            t => Ops.BatchNorm(t[0], t[1], t[2], running, false, 0.1f, Epsilon),
            t => BatchNormReference.Forward(t[0], t[1], t[2], mean, variance, Epsilon),
            X(draw, s.Rows, s.Channels), draw.Operand("gamma", [s.Channels], 0.5f, 1.5f), draw.Operand("beta", [s.Channels]));
        Assert.That(running.Mean.ToArray().Widen(), Is.EqualTo(mean), "evaluation moves nothing");
        Assert.That(running.Variance.ToArray().Widen(), Is.EqualTo(variance), "evaluation moves nothing");
    });

    [Test]
    public void RunningStatisticsMoveTowardsTheBatchs() => Property.Holds(Sizes, 8, s =>
    {
        var draw = new Draw((100 * s.Rows) + s.Channels);
        var running = Running(draw, s.Channels);
        double[] oldMean = running.Mean.ToArray().Widen(), oldVariance = running.Variance.ToArray().Widen();
        var x = X(draw, s.Rows, s.Channels);
        Normalize(From(x.Shape, x.Elements), running, momentum: 0.3f);
        var (mean, variance) = BatchNormReference.Statistics(x.Elements.Widen(), s.Channels);
        double unbiased = s.Rows / (s.Rows - 1.0);
        Close.To([.. oldMean.Zip(mean, (o, m) => o + (0.3 * (m - o)))], running.Mean.ToArray(), 1e-6, "running mean");
        Close.To(
            [.. oldVariance.Zip(variance, (o, v) => o + (0.3 * ((unbiased * v) - o)))], running.Variance.ToArray(), 1e-6,
            "running variance");
    });

    [Test]
    public void RepeatsEqualTheSameRowsAtEveryTimestep([Values(2, 6)] int timesteps)
    {
        var x = X(new Draw(3), 10, 8);
        var once = From(x.Shape, x.Elements);
        var ofOnce = Running(new Draw(4), 8);
        var ofAll = Running(new Draw(4), 8);
        var y = Ops.RepeatOverTime(Normalize(once, ofOnce, repeats: timesteps), timesteps);
        var expected = Normalize(Ops.RepeatOverTime(once, timesteps), ofAll);
        Close.To(expected.ToArray().Widen(), y.ToArray(), 1e-6, "y");
        Close.To(ofAll.Mean.ToArray().Widen(), ofOnce.Mean.ToArray(), 1e-6, "running mean");
        Close.To(ofAll.Variance.ToArray().Widen(), ofOnce.Variance.ToArray(), 1e-6, "running variance");
    }

    [Test]
    public void AFarMeanCostsNoPrecision()
    {
        // E[x²] − E[x]² would lose every digit of this variance in float32.
        float[] x = [.. new Draw(5).Fill([64, 4]).Select(v => v + 4096f)];
        var y = Normalize(From([64, 4], x), Running(new Draw(6), 4));
        Close.To(BatchNormReference.Forward(x.Widen(), [1, 1, 1, 1], [0, 0, 0, 0], Epsilon), y.ToArray(), 1e-3, "y");
    }

    [Test]
    public void OneRowGivesItsShift()
    {
        var running = Running(new Draw(7), 3);
        Assert.That(Normalize(From([1, 3], 5f, -2f, 0f), running).ToArray(), Is.All.EqualTo(0f));
        Assert.That(running.Variance.ToArray(), Is.All.GreaterThan(0f).And.All.LessThan(float.PositiveInfinity));
    }

    [Test]
    public void TheSameBitsEveryTime()
    {
        var x = X(new Draw(8), 600, 8);
        float[] dY = new Draw(9).Fill(x.Shape);
        float[][] Results()
        {
            using var a = Tensor.Parameter(Device, x.Shape, x.Elements);
            using var gamma = Tensor.Parameter(Device, [8], new Draw(10).Fill([8]));
            using var tape = new Tape();
            var y = Ops.BatchNorm(a, gamma, Tensor.Full(Device, [8], 0f), Running(new Draw(11), 8), true);
            tape.Backward(Contraction.Of(y, dY));
            return [y.ToArray(), a.Gradient!.ToArray(), gamma.Gradient!.ToArray()];
        }

        float[][] first = Results();
        Assert.That(Results(), Is.EqualTo(first));
    }

    [Test]
    public void WrongShapesAreRefused()
    {
        var x = Tensor.Full(Device, [5, 4], 1f);
        var four = Tensor.Full(Device, [4], 1f);
        var five = Tensor.Full(Device, [5], 1f);
        var running = new RunningStatistics(four, four);
        Failure.Says("BatchNorm: x must be [..., C], got [4]", () => Ops.BatchNorm(four, four, four, running, true));
        Failure.Says("BatchNorm: gamma must be [4] for x [5, 4], got [5]", () => Ops.BatchNorm(x, five, four, running, true));
        Failure.Says("BatchNorm: beta must be [4] for x [5, 4], got [5]", () => Ops.BatchNorm(x, four, five, running, true));
        Failure.Says(
            "BatchNorm: running mean must be [4] for x [5, 4], got [5]",
            () => Ops.BatchNorm(x, four, four, new RunningStatistics(five, four), true));
        Failure.Says(
            "BatchNorm: running variance must be [4] for x [5, 4], got [5]",
            () => Ops.BatchNorm(x, four, four, new RunningStatistics(four, five), true));
    }

    private static Operand X(Draw draw, int rows, int channels) => draw.Operand("x", [rows, channels], -1f, 2f);

    private RunningStatistics Running(Draw draw, int channels) =>
        new(From([channels], draw.Fill([channels])), From([channels], draw.Fill([channels], 0.5f, 2f)));

    private Tensor Normalize(Tensor x, RunningStatistics running, float momentum = 0.1f, int repeats = 1)
    {
        Shape channels = [x.Shape[^1]];
        return Ops.BatchNorm(
            x, Tensor.Full(Device, channels, 1f), Tensor.Full(Device, channels, 0f), running, true, momentum, Epsilon, repeats);
    }
}
