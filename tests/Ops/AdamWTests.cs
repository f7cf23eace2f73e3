using Idsnn.Engine;
using Idsnn.Kernels.Ops;

namespace Idsnn.Tests;

public sealed class AdamWTests(string name) : DeviceTests(name)
{
    [Test]
    public void StepsAreThoseOfTheReference(
        [Values(0.0, 0.9)] double beta1, [Values(0.0, 0.999)] double beta2, [Values(0f, 5e-2f)] float decay, [Values(5, 33)] int count)
    {
        var draw = new Draw(count);
        float[] start = draw.Fill([count]);
        double[] w = start.Widen();
        var reference = new AdamWReference(beta1, beta2, 1e-4f, decay, count);
        using var slot = new Slot(Device, start);
        using var timer = new AdamWTimer(Device, beta1, beta2);
        using var gate = new UpdateGate(Device);
        var spec = new AdamWSpec((float)(1 - beta1), (float)beta2, (float)(1 - beta2), 1e-4f, decay);
        for (int step = 0; step < 5; step++)
        {
            float[] g = draw.Fill([count]);
            float rate = 0.1f / (step + 1);
            timer.SetRate(rate);
            Step(slot, timer, gate, spec, g);
            reference.Step(w, g.Widen(), rate);
        }

        Close.To(w, slot.Weight.ToArray(), 2e-6, "weight");
        Close.To(reference.First, slot.First.ToArray(), 1e-6, "first");
        Close.To(reference.Second, slot.Second.ToArray(), 1e-6, "second");
        Assert.That(timer.Steps.Item(), Is.EqualTo(5f));
    }

    /// <summary>torch.optim.AdamW(lr 0.1, betas (0.8, 0.95), eps 1e-3, weight_decay 0.1) in float64.</summary>
    [Test]
    public void StepsAreThoseOfPyTorch()
    {
        double[][] expected =
        [
            [0.8901996007984032, -1.880398406374502, 0.495], [0.7837862011425132, -1.840456291412717, 0.5659336591435831],
            [0.8027031555654991, -1.806590551593429, 0.5787742599934493],
        ];
        float[][] gradients = [[0.5f, -0.25f, 0f], [1f, 0.125f, -0.0625f], [-2f, 0f, 0.03125f]];
        using var slot = new Slot(Device, [1f, -2f, 0.5f]);
        using var timer = new AdamWTimer(Device, 0.8, 0.95);
        using var gate = new UpdateGate(Device);
        timer.SetRate(0.1f);
        for (int step = 0; step < 3; step++)
        {
            Step(slot, timer, gate, new AdamWSpec(0.2f, 0.95f, 0.05f, 1e-3f, 0.1f), gradients[step]);
            Close.To(expected[step], slot.Weight.ToArray(), 1e-6, $"weight after step {step + 1}");
        }

        Close.To([-0.176, -0.012, -0.00375], slot.First.ToArray(), 1e-6, "exp_avg");
        Close.To([0.25878125, 0.0035625, 0.000234375], slot.Second.ToArray(), 1e-6, "exp_avg_sq");
    }

    /// <summary>1 − βᵗ loses no digits where it is small, and goes to 1 where the series ends.</summary>
    [Test]
    public void TheCorrectionsOfEveryStepAreExact([Values(1, 2, 9, 499, 502, 1_000_000)] int step)
    {
        using var slot = new Slot(Device, [0f]);
        using var timer = new AdamWTimer(Device, 0.9, 0.999);
        using var gate = new UpdateGate(Device);
        timer.SetRate(1f);
        timer.Steps.CopyFrom([step - 1f]);
        Step(slot, timer, gate, new AdamWSpec(1f, 0f, 1f, 0f, 0f), [3f]);

        double expected = -Math.Sqrt(1 - Math.Pow(0.999, step)) / (1 - Math.Pow(0.9, step));
        Assert.That(slot.Weight.Item(), Is.EqualTo(expected).Within(1e-6 * -expected));
    }

    [Test]
    public void AClosedGateLeavesParameterAveragesAndStep()
    {
        using var slot = new Slot(Device, new Draw(1).Fill([33]));
        using var timer = new AdamWTimer(Device, 0.9, 0.999);
        using var gate = new UpdateGate(Device);
        using (Tensor sums = Tensor.Full(Device, [5], 0f), nan = Tensor.Full(Device, [1], float.NaN))
        {
            Ops.AddStep(sums, nan, nan, nan, 1, new UpdateRule(gate));
        }

        Step(slot, timer, gate, new AdamWSpec(0.1f, 0.999f, 0.001f, 1e-8f, 0.1f), new Draw(3).Fill([33]));

        Assert.That(slot.Weight.ToArray(), Is.EqualTo(new Draw(1).Fill([33])));
        Assert.That(slot.First.ToArray().Concat(slot.Second.ToArray()), Is.All.Zero);
        Assert.That(timer.Steps.Item(), Is.Zero);
    }

    /// <summary>At 3e38 only the square is too large. What lies behind the last element, up to a multiple of 16, is no number.</summary>
    [Test]
    public void AnUpdateTellsOfElementsThatAreNotFinite(
        [Values(float.NaN, float.PositiveInfinity, 3e38f)] float gradient, [Values(0, 4, 32)] int at, [Values(5, 33)] int count)
    {
        using (Device.Scope())
        {
            for (int i = 0; i < 6; i++) Tensor.Full(Device, [count], float.NaN);
        }

        using var slot = new Slot(Device, new float[count]);
        using var timer = new AdamWTimer(Device, 0.5, 0.5);
        using var gate = new UpdateGate(Device);
        timer.SetRate(1f);
        var spec = new AdamWSpec(0.5f, 0.5f, 0.5f, 0.5f, 0f);
        float[] gradients = new float[count];
        Step(slot, timer, gate, spec, gradients);
        Assert.That(gate.Read(), Is.EqualTo((true, false)));

        Array.Fill(gradients, 1f);
        gradients[Math.Min(at, count - 1)] = gradient;
        Step(slot, timer, gate, spec, gradients);
        Assert.That(gate.Read(), Is.EqualTo((true, true)));
        foreach (var tensor in (Tensor[])[slot.Weight, slot.First, slot.Second])
        {
            Assert.That(tensor.ToArray(), Is.All.Matches<float>(float.IsFinite).And.Some.Zero);
        }
    }

    [Test]
    public void WrongArgumentsAreRefused()
    {
        using var slot = new Slot(Device, [1f, 2f]);
        using var timer = new AdamWTimer(Device, 0.9, 0.999);
        using var gate = new UpdateGate(Device);
        var three = Tensor.Full(Device, [3], 0f);
        Failure.Says(
            "AdamWStep: the parameter [2] has no gradient; run Backward first", () => Ops.AdamWStep(slot.All, timer, gate, default));
        using (var tape = new Tape()) tape.Backward(Contraction.Of(slot.Weight, [1f, 1f]));
        Failure.Says(
            "AdamWStep: weight [2] and its averages [2] and [3] differ",
            () => Ops.AdamWStep(slot.All with { Second = three }, timer, gate, default));
        Failure.Says("AdamW: each beta must lie in [0, 1), got 1 and 0.5", () => _ = new AdamWTimer(Device, 1, 0.5));
    }

    private static void Step(Slot slot, AdamWTimer timer, UpdateGate gate, AdamWSpec spec, float[] gradient)
    {
        using (var tape = new Tape()) tape.Backward(Contraction.Of(slot.Weight, gradient));
        timer.Advance(gate);
        Ops.AdamWStep(slot.All, timer, gate, spec);
        slot.Weight.ClearGradient();
    }

    private sealed class Slot(Device device, float[] start) : IDisposable
    {
        public Tensor Weight { get; } = Tensor.Parameter(device, [start.Length], start);

        public Tensor First { get; } = Tensor.Persistent(device, [start.Length], new float[start.Length]);

        public Tensor Second { get; } = Tensor.Persistent(device, [start.Length], new float[start.Length]);

        public AdamWSlot All => new(Weight, First, Second);

        public void Dispose()
        {
            Weight.Dispose();
            First.Dispose();
            Second.Dispose();
        }
    }
}
