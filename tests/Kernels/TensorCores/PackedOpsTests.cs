using Idsnn.Engine;

namespace Idsnn.Tests;

/// <summary>
/// Layers in bf16 with spikes in bits, their products on the emulation of a warp, against the same layers in float32 by the portable
/// kernels: values, and the gradients of inputs and parameters.
/// </summary>
public sealed class PackedOpsTests : EmulatedTests
{
    private static readonly Shape Images = [4, 5, 4, 32];

    [Test]
    public void TheSelfCheckPasses()
    {
        var checks = With(Precision.BFloat16, () => SelfCheck.Run(Device, [new(1, 4, 3, 32, 32, 1, 1, 2, 0)]));
        Assert.That(
            checks.Select(check => check.Path).Distinct(),
            Is.EquivalentTo(Enum.GetValues<FastPath>().Except([FastPath.Graphs, FastPath.Uploads])));
        foreach (var check in checks) Assert.That(check.Passed, $"{check}");
        Assert.That(checks.Single(check => check.Path == FastPath.Update).Error, Is.Zero, "the same arithmetic");
        Assert.That(SelfCheck.Run(Device).Select(check => check.Path), Is.EqualTo(new[] { FastPath.Update }), "in float32");
    }

    [Test]
    public void TheSelfCheckPassesInTf32()
    {
        var checks = With(Precision.Tf32, () => SelfCheck.Run(Device, [new(1, 4, 3, 32, 32, 1, 1, 2, 0)]));
        Assert.That(
            checks.Select(check => check.Path).Distinct(),
            Is.EquivalentTo(new[] { FastPath.Convolution, FastPath.InputGradient, FastPath.WeightGradient, FastPath.Update }));
        foreach (var check in checks) Assert.That(check.Error, Is.LessThan(1e-6), $"{check}: eighths are exact in tf32");
    }

    [Test]
    public void InTf32TensorsStayWhatTheyAreInFloat32()
    {
        const int timesteps = 2;
        Shape images = [2, 4, 3, 32];
        List<float[]> Result(Precision precision) => With(precision, () =>
        {
            var draw = new Draw(8);
            var x = Tensor.Parameter(Device, images, draw.Fill(images));
            Tensor[] p = [Weight(draw, 32, 32, 1), One(32), Zero(32), Weight(draw, 32, 32, 1)];
            using (x)
            using (var tape = new Tape())
            {
                var y = Ops.Conv2D(x, p[0]);
                var spikes = Ops.BatchNormLif(y, p[1], p[2], Running(32), true, null, new Neuron(), timesteps);
                var sum = Ops.Conv2D(spikes, p[3], null, 2, 0);
                Assert.That((y.Kind, spikes.Kind, sum.Kind), Is.EqualTo((ElementKind.Full, ElementKind.Spikes, ElementKind.Full)));
                tape.Backward(Contraction.Of(sum, new Draw(2).Fill(sum.Shape)));
                Assert.That(x.Gradient!.Kind, Is.EqualTo(ElementKind.Full));
                return Take(y, [x, .. p]);
            }
        });

        // tf32 rounds operands to 2^-11; a membrane that near its threshold may fire in one and not in the other.
        var (full, rounded) = (Result(Precision.Full), Result(Precision.Tf32));
        Close.To(full[0].Widen(), rounded[0], 1e-3, "y");
        Assert.That(rounded[0], Is.Not.EqualTo(full[0]), "it was rounded");
        for (int i = 1; i < full.Count; i++) Close.To(full[i].Widen(), rounded[i], 0.05, $"{i}");
    }

    [Test]
    [Category("Slow")]
    public void EveryKindOfNeuron(
        [Values(2, 6, 8)] int timesteps, [Values] Surrogate surrogate, [Values] Reset reset)
    {
        List<PathCheck> checks = [];
        bool detach = timesteps == 6;
        var kind = detach ? ElementKind.SpikeBits : ElementKind.BFloat16;
        var neuron = new Neuron(0.5f, 0.4f, 0.6f, surrogate, reset, detach);
        With(Precision.BFloat16, () => { SelfCheck.Neurons(Device, timesteps, kind, false, neuron, checks); return 0; });
        Assert.That(checks.Single().Passed, $"{checks.Single()}");
    }

    /// <summary>Of T = 7 there is no packed kernel: it runs in float32, and so to the same bits with the path as without.</summary>
    [Test]
    public void EveryKindOfNeuronOnEitherPath([Values] NeuronKind kind, [Values(2, 7)] int timesteps, [Values] bool once)
    {
        List<PathCheck> checks = [];
        float initial = kind == NeuronKind.Plif ? 0f : 0.3f;
        var neuron = new Neuron(
            kind == NeuronKind.If ? 1f : 0.5f, DetachReset: once, Kind: kind, InitialMembrane: initial, FiresAtThreshold: initial > 0f);
        With(Precision.BFloat16, () => { SelfCheck.Neurons(Device, timesteps, null, once, neuron, checks); return 0; });
        Assert.That(checks.Single().Passed, $"{checks.Single()}");
        Assert.That(checks.Single().Error, timesteps == 7 ? Is.Zero : Is.GreaterThan(0));
    }

    [Test]
    public void SpikingLayersKeepBitsAndBFloat16()
    {
        List<float[]> Result(Precision precision) => With(precision, () =>
        {
            const int timesteps = 2;
            var draw = new Draw(1);
            var x = Tensor.Parameter(Device, [2, .. Images[1..]], draw.Fill([2, .. Images[1..]]));
            Tensor[] p = [Weight(draw, 32, 32), One(32), Zero(32), Weight(draw, 32, 64, 1), One(64), Zero(64)];
            RunningStatistics[] running = [Running(32), Running(64)];
            using (x)
            using (var tape = new Tape())
            {
                var y = Ops.Conv2D(x, p[0], null, 1, 1);
                var spikes = Ops.BatchNormLif(y, p[1], p[2], running[0], true, null, new Neuron(), timesteps, once: true);
                var second = Ops.BatchNorm(Ops.Conv2D(spikes, p[3], null, 2, 0), p[4], p[5], running[1], true);
                var mean = Ops.GlobalAveragePool(second);
                bool packs = precision == Precision.BFloat16;
                Assert.That(y.Kind, Is.EqualTo(packs ? ElementKind.BFloat16 : ElementKind.Full));
                Assert.That(spikes.Kind, Is.EqualTo(packs ? ElementKind.SpikeBits : ElementKind.Spikes));
                tape.Backward(Contraction.Of(second, new Draw(2).Fill(second.Shape)));
                return Take(mean, [x, .. p]);
            }
        });

        // A membrane within bf16's rounding of the threshold may fire in one and not in the other: few do.
        var (full, packed) = (Result(Precision.Full), Result(Precision.BFloat16));
        for (int i = 1; i < full.Count; i++) Close.To(full[i].Widen(), packed[i], 0.15, $"{i}");
    }

    [Test]
    public void WhatIsCountedIsWhatFires() => With(Precision.BFloat16, () =>
    {
        const int timesteps = 3, images = 2;
        Shape shape = [timesteps * images, 2, 2, 32];
        Tensor? residual = null;
        for (int block = 0; block < 2; block++)
        {
            using var seen = new NeuronActivity();
            using var y = Ops.ToBFloat16(Tensor.From(Device, shape, new Draw(block + 1).Fill(shape, -2f, 2f)));
            var spikes = Ops.BatchNormLif(
                y, Tensor.Full(Device, [32], 1f), Tensor.Full(Device, [32], 0f), Running(32), true, residual, new Neuron(), timesteps,
                activity: seen);
            Assert.That(spikes.Kind, Is.EqualTo(ElementKind.SpikeBits));
            float[] fired = spikes.ToArray();
            int step = shape.Size / timesteps, image = step / images;
            Assert.That(seen.ReadSpikes(), Is.EqualTo(Enumerable.Range(0, shape.Size / images).Select(
                i => Enumerable.Range(0, images).Sum(n => fired[(i / image * step) + (n * image) + (i % image)]))));
            residual = spikes;
        }

        return 0;
    });

    [Test]
    public void AnOrdinaryBlock()
    {
        List<float[]> Result(Precision precision) => With(precision, () =>
        {
            var draw = new Draw(3);
            var x = Tensor.Parameter(Device, Images, draw.Fill(Images));
            Tensor[] p = [Weight(draw, 32, 32), One(32), Zero(32), Weight(draw, 32, 32), One(32), Zero(32)];
            var running = Enumerable.Range(0, 2).Select(_ => Running(32)).ToArray();
            using (x)
            using (var tape = new Tape())
            {
                var input = Ops.BatchNormRelu(Ops.Conv2D(x, p[0], null, 1, 1), p[1], p[2], running[0], true, null);
                var y = Ops.BatchNormRelu(Ops.Conv2D(input, p[3], null, 1, 1), p[4], p[5], running[1], true, input);
                var mean = Ops.GlobalAveragePool(y);
                tape.Backward(Contraction.Of(mean, new Draw(4).Fill(mean.Shape)));
                Assert.That(y.Kind, Is.EqualTo(precision == Precision.Full ? ElementKind.Full : ElementKind.BFloat16));
                return Take(mean, [x, .. p]);
            }
        });

        var (full, packed) = (Result(Precision.Full), Result(Precision.BFloat16));
        for (int i = 0; i < full.Count; i++) Close.To(full[i].Widen(), packed[i], 0.1, $"{i}");
    }

    [Test]
    public void AFrozenBlockInOnePass()
    {
        float[] Result(Precision precision) => With(precision, () =>
        {
            var draw = new Draw(5);
            Tensor x = Tensor.From(Device, Images, draw.Fill(Images)), weight = Tensor.From(Device, [1, 1, 32, 32], draw.Fill([1024]));
            Tensor gamma = Tensor.From(Device, [32], draw.Fill([32])), beta = Tensor.From(Device, [32], draw.Fill([32]));
            var running = new RunningStatistics(Tensor.From(Device, [32], draw.Fill([32])), Tensor.Full(Device, [32], 2f));
            var first = Ops.BatchNormRelu(Ops.Conv2D(x, weight), gamma, beta, running, false, null);
            return Ops.BatchNormRelu(Ops.Conv2D(first, weight), gamma, beta, running, false, first).ToArray();
        });

        Close.To(Result(Precision.Full).Widen(), Result(Precision.BFloat16), 0.01, "y");
    }

    [Test]
    public void KindsConvertToEachOther()
    {
        float[] bits = [.. new Draw(6).Fill([77]).Select(x => x > 0f ? 1f : 0f)], numbers = Round(new Draw(7).Fill([77]));
        using (Tensor packed = Ops.ToBFloat16(From(bits)), copy = Ops.ToBFloat16(From(numbers)))
        {
            Assert.That(packed.ToArray(), Is.EqualTo(bits));
            Assert.That(copy.ToArray(), Is.EqualTo(numbers));
            Assert.That(
                Ops.Add(packed, copy).ToArray(), Is.EqualTo(Round([.. bits.Zip(numbers, (a, b) => a + b)])), "rounded once");
            Assert.That(() => packed.View, Throws.InvalidOperationException);
        }

        static Tensor From(float[] elements) => Tensor.From(Device, [elements.Length], elements);
    }

    private static T With<T>(Precision precision, Func<T> run)
    {
        Device.Precision = precision;
        try
        {
            return run();
        }
        finally
        {
            Device.Precision = Precision.Full;
        }
    }

    /// <summary>A result and the gradients of what led to it, which are disposed.</summary>
    private static List<float[]> Take(Tensor y, Tensor[] parameters)
    {
        List<float[]> values = [y.ToArray(), .. parameters.Select(parameter => parameter.Gradient!.ToArray())];
        foreach (var parameter in parameters) parameter.Dispose();
        return values;
    }

    private static Tensor Weight(Draw draw, int ci, int co, int kernel = 3)
    {
        Shape shape = [kernel, kernel, ci, co];
        float bound = MathF.Sqrt(3f / (ci * kernel * kernel));
        return Tensor.Parameter(Device, shape, draw.Fill(shape, -bound, bound));
    }

    private static Tensor One(int channels) => Tensor.Parameter(Device, [channels], [.. Enumerable.Repeat(1f, channels)]);

    private static Tensor Zero(int channels) => Tensor.Parameter(Device, [channels], new float[channels]);

    private static RunningStatistics Running(int channels) =>
        new(Tensor.Full(Device, [channels], 0f), Tensor.Full(Device, [channels], 1f));
}
