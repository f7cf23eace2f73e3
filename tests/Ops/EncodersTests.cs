using Idsnn.Engine;

namespace Idsnn.Tests;

public sealed class EncodersTests(string name) : DeviceTests(name)
{
    [Test]
    public void SpikesAreThoseOfTheReference([Values(1, 3, 4)] int timesteps, [Values(1, 5, 16)] int width)
    {
        float[] x = new Draw(width).Fill([2, width], 0f, 1f);
        foreach (var (seed, offset) in (ReadOnlySpan<(ulong, ulong)>)[(0, 0), (7, 1), (0x1234_5678_9ABC_DEF0, ulong.MaxValue)])
        {
            float[] spikes = Poisson(From([2, width], x), timesteps, seed, offset).ToArray();
            Assert.That(spikes, Is.EqualTo(PoissonReference.Encode(x, timesteps, seed, offset)));
        }
    }

    [Test]
    public void RatesAreTheInputs()
    {
        float[] x = [0f, 0.1f, 0.5f, 0.9f, 1f, -0.3f, 1.7f];
        const int timesteps = 4000;
        float[] rates = Ops.MeanOverTime(Ops.Poisson(From([1, 7], x), timesteps, 1), timesteps).ToArray();
        for (int i = 0; i < x.Length; i++)
        {
            // Five standard deviations of a mean of Bernoulli draws.
            double p = Math.Clamp(x[i], 0f, 1f);
            Assert.That(rates[i], Is.EqualTo(p).Within((5 * Math.Sqrt(p * (1 - p) / timesteps)) + 1e-6), $"rate for {x[i]}");
        }
    }

    [Test]
    public void DrawsDependOnSeedAndOffsetAlone()
    {
        var x = Tensor.Full(Device, [1, 64], 0.5f);
        float[] spikes = Poisson(x, 2, 3, 4).ToArray();
        Assert.That(Poisson(x, 2, 3, 4).ToArray(), Is.EqualTo(spikes));
        Assert.That(Poisson(x, 2, 4, 4).ToArray(), Is.Not.EqualTo(spikes));
        Assert.That(Poisson(x, 2, 3, 5).ToArray(), Is.Not.EqualTo(spikes));
        float[] second = spikes[64..];
        Assert.That(second, Is.Not.EqualTo(spikes[..64]), "time-steps draw independently");
    }

    [Test]
    public void NothingIsRecorded()
    {
        using var x = Tensor.Parameter(Device, [1, 4], [0.5f, 0.5f, 0.5f, 0.5f]);
        using var tape = new Tape();
        Assert.That(Ops.Poisson(x, 2, 0).RequiresGradient, Is.False);
    }

    [Test]
    public void WrongTimesAreRefused() => Failure.Says(
        "Poisson: the number of time-steps must be at least 1, got 0",
        () => Ops.Poisson(Tensor.Full(Device, [1, 4], 0.5f), 0, 0));

    private Tensor Poisson(Tensor x, int timesteps, ulong seed, ulong offset)
    {
        using var number = new DrawNumber(Device);
        number.Set(offset);
        return Ops.Poisson(x, timesteps, seed, number);
    }
}
