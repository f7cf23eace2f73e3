using Idsnn.Engine;

namespace Idsnn.Tests;

/// <summary>The fused op against batch-norm, addition and neuron one by one, each of which has a reference of its own.</summary>
public sealed class BatchNormLifTests(string name) : DeviceTests(name)
{
    public enum Side
    {
        None,
        Numbers,
        Spikes,
    }

    [Test]
    public void EqualsTheOpsOneByOne(
        [Values] Side side, [Values] bool once, [Values(1, 3)] int timesteps, [Values(3, 8, 16)] int channels) =>
        Check(new Neuron(), side, once, timesteps, channels, training: true);

    [Test]
    public void ForEveryNeuron([Values] Surrogate surrogate, [Values] Reset reset, [Values] bool detachReset) =>
        Check(new Neuron(0.7f, 0.4f, 0.6f, surrogate, reset, detachReset), Side.Numbers, false, 4, 4, training: true);

    [Test]
    public void FromAnInitialMembrane(
        [Values] Side side, [Values] bool once, [Values(NeuronKind.Lif, NeuronKind.If)] NeuronKind kind, [Values] bool atThreshold)
    {
        float decay = kind == NeuronKind.If ? 1f : 0.7f;
        Check(new Neuron(decay, Kind: kind, InitialMembrane: 0.2f, FiresAtThreshold: atThreshold), side, once, 3, 8, training: true);
    }

    [Test]
    public void WithATrainedDecay([Values] Side side, [Values] bool once, [Values(1, 3)] int timesteps, [Values(3, 8, 16)] int channels) =>
        Check(new Neuron(0.7f, Kind: NeuronKind.Plif, DetachReset: channels == 8), side, once, timesteps, channels, training: true);

    [Test]
    public void WithRunningStatistics([Values] bool once) => Check(new Neuron(), Side.Spikes, once, 2, 8, training: false);

    [Test]
    public void AResidualOfAnotherShapeIsRefused()
    {
        var (gamma, running) = (
            Tensor.Full(Device, [2], 1f), new RunningStatistics(Tensor.Full(Device, [2], 0f), Tensor.Full(Device, [2], 1f)));
        Failure.Says(
            "BatchNormLif: the residual must be [2, 1, 1, 2], got [2, 1, 2, 2]",
            () => Ops.BatchNormLif(
                Tensor.Full(Device, [2, 1, 1, 2], 1f), gamma, gamma, running, true, Tensor.Full(Device, [2, 1, 2, 2], 1f), new Neuron(),
                2));
    }

    private void Check(Neuron neuron, Side side, bool once, int timesteps, int channels, bool training)
    {
        var draw = new Draw(7);
        Shape shape = [timesteps * 2, 5, 3, channels];
        Shape input = once ? [2, 5, 3, channels] : shape;
        float[] y = draw.Fill(input, -3f), gamma = draw.Fill([channels], 0.5f, 1.5f), beta = draw.Fill([channels]);
        float[] numbers = draw.Fill(shape), dY = draw.Fill(shape);
        var fused = Run((x, g, b, running, residual, decay) =>
            Ops.BatchNormLif(x, g, b, running, training, residual, neuron, timesteps, once, decay: decay));
        var single = Run((x, g, b, running, residual, decay) =>
        {
            var current = Ops.BatchNorm(x, g, b, running, training, repeats: once ? timesteps : 1);
            if (once) current = Ops.RepeatOverTime(current, timesteps);
            if (residual is not null) current = Ops.Add(current, residual);
            return Ops.Lif(current, neuron, timesteps, decay: decay);
        });

        Assert.That(fused.Spikes, Is.EqualTo(single.Spikes), "spikes");
        Assert.That(fused.Spikes.Distinct(), Is.EquivalentTo(new[] { 0f, 1f }));
        foreach (var (what, ours, theirs) in fused.Gradients.Zip(single.Gradients, (a, b) => (a.Key, a.Value, b.Value)))
        {
            Close.To(theirs.Widen(), ours, 1e-5, what);
        }

        (float[] Spikes, SortedDictionary<string, float[]> Gradients) Run(
            Func<Tensor, Tensor, Tensor, RunningStatistics, Tensor?, Tensor?, Tensor> op)
        {
            using var tape = new Tape();
            using Tensor x = Tensor.Parameter(Device, input, y), g = Tensor.Parameter(Device, [channels], gamma);
            using Tensor b = Tensor.Parameter(Device, [channels], beta), r = Tensor.Parameter(Device, shape, numbers);
            var running = new RunningStatistics(Tensor.Full(Device, [channels], -0.5f), Tensor.Full(Device, [channels], 1.5f));
            Tensor? residual = side switch
            {
                Side.Numbers => r,
                Side.Spikes => Ops.Lif(r, new Neuron(), 1),
                _ => null,
            };
            using var decay = neuron.TrainsDecay ? Tensor.Parameter(Device, [1], [neuron.Decay]) : null;
            var spikes = op(x, g, b, running, residual, decay);
            tape.Backward(Contraction.Of(spikes, dY));
            var gradients = new SortedDictionary<string, float[]>
            {
                ["dX"] = x.Gradient!.ToArray(),
                ["dGamma"] = g.Gradient!.ToArray(),
                ["dBeta"] = b.Gradient!.ToArray(),
                ["running mean"] = running.Mean.ToArray(),
                ["running variance"] = running.Variance.ToArray(),
            };
            if (side != Side.None) gradients["dResidual"] = r.Gradient!.ToArray();
            if (decay is not null) gradients["dDecay"] = decay.Gradient!.ToArray();
            return (spikes.ToArray(), gradients);
        }
    }
}
