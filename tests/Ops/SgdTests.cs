using Idsnn.Engine;
using Idsnn.Kernels.Ops;

namespace Idsnn.Tests;

public sealed class SgdTests(string name) : DeviceTests(name)
{
    [Test]
    public void StepsAreThoseOfTheReference(
        [Values(0f, 0.9f)] float momentum, [Values(0f, 5e-2f)] float decay, [Values] bool nesterov, [Values(5, 33)] int count)
    {
        var spec = new SgdSpec(0.1f, momentum, decay, nesterov);
        var draw = new Draw(count);
        float[] start = draw.Fill([count]);
        double[] w = start.Widen(), v = new double[count];
        using var weight = Tensor.Parameter(Device, [count], start);
        using var velocity = Tensor.Persistent(Device, [count], new float[count]);
        using var gate = new UpdateGate(Device);
        for (int step = 0; step < 4; step++)
        {
            float[] g = draw.Fill([count]);
            using (var tape = new Tape()) tape.Backward(Contraction.Of(Ops.Scale(weight, 2f), g));
            Ops.SgdStep(weight, velocity, gate, spec);
            SgdReference.Step(w, v, [.. g.Select(d => 2.0 * d)], spec);
            weight.ClearGradient();
        }

        Close.To(w, weight.ToArray(), 1e-6, "weight");
        Close.To(v, velocity.ToArray(), 1e-6, "velocity");
    }

    [Test]
    public void AClosedGateLeavesParameterAndMomentum()
    {
        using var weight = Tensor.Parameter(Device, [33], new Draw(1).Fill([33]));
        using var velocity = Tensor.Persistent(Device, [33], new Draw(2).Fill([33]));
        using var gate = Gate(float.NaN);
        Step(weight, velocity, gate, new Draw(3).Fill([33]));

        Assert.That(weight.ToArray(), Is.EqualTo(new Draw(1).Fill([33])));
        Assert.That(velocity.ToArray(), Is.EqualTo(new Draw(2).Fill([33])));
        Assert.That(gate.Read(), Is.EqualTo((false, false)));
    }

    /// <summary>The memory behind the last element, up to a multiple of 16, is no number here, and nobody's business.</summary>
    [Test]
    public void AnUpdateTellsOfElementsThatAreNotFinite(
        [Values(float.NaN, float.PositiveInfinity, 3e38f)] float gradient, [Values(0, 4, 32)] int at, [Values(5, 33)] int count)
    {
        using (Device.Scope())
        {
            for (int i = 0; i < 4; i++) Tensor.Full(Device, [count], float.NaN);
        }

        using var weight = Tensor.Parameter(Device, [count], new float[count]);
        using var velocity = Tensor.Persistent(Device, [count], new float[count]);
        using var gate = new UpdateGate(Device);
        float[] gradients = new float[count];
        Step(weight, velocity, gate, gradients);
        Assert.That(gate.Read(), Is.EqualTo((true, false)));

        Array.Fill(gradients, 1f);
        gradients[Math.Min(at, count - 1)] = gradient;
        Step(weight, velocity, gate, gradients);
        Assert.That(gate.Read(), Is.EqualTo((true, true)));
        Assert.That(weight.ToArray().Zip(velocity.ToArray()), Is.All.AnyOf((0f, 0f), (-2f, 1f)).And.Some.EqualTo((0f, 0f)));
    }

    private UpdateGate Gate(float loss)
    {
        var gate = new UpdateGate(Device);
        using Tensor sums = Tensor.Full(Device, [5], 0f), one = Tensor.Full(Device, [1], loss);
        Ops.AddStep(sums, one, one, one, 1, new UpdateRule(gate));
        return gate;
    }

    private static void Step(Tensor weight, Tensor velocity, UpdateGate gate, float[] gradient)
    {
        using (var tape = new Tape()) tape.Backward(Contraction.Of(weight, gradient));
        Ops.SgdStep(weight, velocity, gate, new SgdSpec(2f, 0.9f, 0f, false));
        weight.ClearGradient();
    }

    [Test]
    public void WrongArgumentsAreRefused()
    {
        using var weight = Tensor.Parameter(Device, [2], [1f, 2f]);
        var velocity = Tensor.Full(Device, [3], 0f);
        using var gate = new UpdateGate(Device);
        Failure.Says(
            "SgdStep: the parameter [2] has no gradient; run Backward first", () => Ops.SgdStep(weight, velocity, gate, default));
        using (var tape = new Tape()) tape.Backward(Contraction.Of(Ops.Scale(weight, 2f), [1f, 1f]));
        Failure.Says("SgdStep: weight [2] and velocity [3] differ", () => Ops.SgdStep(weight, velocity, gate, default));
    }
}
