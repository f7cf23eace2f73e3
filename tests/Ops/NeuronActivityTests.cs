using Idsnn.Engine;
using Idsnn.Kernels.Ops;

namespace Idsnn.Tests;

/// <summary>What is counted of a layer's neurons against what they fire and against their membranes in double.</summary>
public sealed class NeuronActivityTests(string name) : DeviceTests(name)
{
    private const int Images = 3, Height = 2, Width = 3;

    [Test]
    public void CountsAreThoseOfTheSpikesAndTheMembranes(
        [Values(1, 4)] int timesteps, [Values(3, 16)] int channels, [Values] Reset reset, [Values] NeuronKind kind)
    {
        float initial = kind == NeuronKind.If ? 0.2f : 0f;
        var neuron = new Neuron(kind == NeuronKind.If ? 1f : 0.25f, Reset: reset, Width: 0.3f, Kind: kind, InitialMembrane: initial);
        using var decay = neuron.TrainsDecay ? Tensor.Full(Device, [1], 0.6f) : null;
        Shape places = [Height, Width, channels];
        var spec = new LifSpec(timesteps, Images * places.Size, neuron.Decay, neuron.Threshold, neuron.Width, reset == Reset.Soft, false);
        var reference = new ReferenceNeuron(spec, neuron.TrainsDecay ? 0.6f : null, initial);
        float[] x = Currents.Clear(new Draw(3), reference);
        using var activity = new NeuronActivity();
        Shape shape = [timesteps * Images, .. places];
        float[] spikes = Ops.Lif(From(shape, x), neuron, timesteps, activity, decay).ToArray();
        double[] membranes = LifReference.Forward(x.Widen(), reference).Membranes;

        Assert.That(spikes, Is.EqualTo(Ops.Lif(From(shape, x), neuron, timesteps, decay: decay).ToArray()), "looking changes nothing");
        Assert.That((activity.Images, activity.Timesteps, activity.Places), Is.EqualTo((Images, timesteps, places)));
        Assert.That(activity.ReadSpikes(), Is.EqualTo(OverImages(spikes, timesteps, places.Size)));
        float[] near = [.. membranes.Select(u => Math.Abs(u - neuron.Threshold) < neuron.Width ? 1f : 0f)];
        Assert.That(near.Distinct().Count(), Is.EqualTo(2), "some are within the window and some are not");
        float[] byStep = OverImages(near, timesteps, places.Size);
        Assert.That(
            activity.ReadInWindow(),
            Is.EqualTo(
                Enumerable.Range(0, places.Size).Select(i => Enumerable.Range(0, timesteps).Sum(t => byStep[(t * places.Size) + i]))));
    }

    [Test]
    public void TheFusedOpCountsWhatTheOpsOneByOneDo(
        [Values] BatchNormLifTests.Side side, [Values] bool once, [Values] bool training, [Values(3, 8)] int channels)
    {
        const int timesteps = 3;
        var draw = new Draw(5);
        Shape shape = [timesteps * Images, Height, Width, channels], input = once ? [Images, Height, Width, channels] : shape;
        var y = From(input, draw.Fill(input, -3f));
        var (gamma, beta) = (From([channels], draw.Fill([channels], 0.5f, 1.5f)), From([channels], draw.Fill([channels])));
        var residual = side == BatchNormLifTests.Side.None ? null : From(shape, draw.Fill(shape));
        if (side == BatchNormLifTests.Side.Spikes) residual = Ops.Lif(residual!, new Neuron(), 1);
        using NeuronActivity fused = new(), single = new();
        float[] spikes = Ops.BatchNormLif(y, gamma, beta, Running(), training, residual, new Neuron(), timesteps, once, fused).ToArray();
        var current = Ops.BatchNorm(y, gamma, beta, Running(), training);
        if (once) current = Ops.RepeatOverTime(current, timesteps);
        if (residual is not null) current = Ops.Add(current, residual);
        Ops.Lif(current, new Neuron(), timesteps, single);

        Assert.That(fused.ReadSpikes(), Is.EqualTo(OverImages(spikes, timesteps, Height * Width * channels)));
        Assert.That(fused.ReadSpikes(), Is.EqualTo(single.ReadSpikes()));
        Assert.That(fused.ReadInWindow(), Is.EqualTo(single.ReadInWindow()));
        Assert.That(fused.ReadInWindow().Distinct().Count(), Is.GreaterThan(1));

        RunningStatistics Running() => new(Tensor.Full(Device, [channels], -0.5f), Tensor.Full(Device, [channels], 1.5f));
    }

    [Test]
    public void PassesAddUp()
    {
        using var activity = new NeuronActivity();
        for (int images = 1; images <= 2; images++)
        {
            Ops.Lif(Tensor.Full(Device, [2 * images, 1, 2, 1], 0.6f), new Neuron(), 2, activity);
        }

        Assert.That(activity.Images, Is.EqualTo(3));
        Assert.That(activity.ReadSpikes(), Is.All.EqualTo(3f));
        Assert.That(activity.ReadInWindow(), Is.All.EqualTo(6f));
        Failure.Says(
            "NeuronActivity: a layer of [1, 2, 1] at T = 2 was seen before, got [1, 3, 1] at T = 2",
            () => Ops.Lif(Tensor.Full(Device, [2, 1, 3, 1], 0.6f), new Neuron(), 2, activity));
    }

    [Test]
    public void BeforeAnyPassThereIsNothing()
    {
        using var activity = new NeuronActivity();
        Assert.That(
            (activity.Images, activity.Timesteps, activity.ReadSpikes().Length, activity.ReadInWindow().Length), Is.EqualTo((0, 0, 0, 0)));
    }

    /// <summary>[T, N, places] to [T, places].</summary>
    private static float[] OverImages(float[] x, int timesteps, int places)
    {
        float[] sums = new float[timesteps * places];
        for (int i = 0; i < x.Length; i++) sums[(i / (Images * places) * places) + (i % places)] += x[i];
        return sums;
    }
}
