using Idsnn.Engine;
using Idsnn.Kernels;

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
        for (int step = 0; step < 4; step++)
        {
            float[] g = draw.Fill([count]);
            using (var tape = new Tape()) tape.Backward(Contraction.Of(Ops.Scale(weight, 2f), g));
            Ops.SgdStep(weight, velocity, spec);
            SgdReference.Step(w, v, [.. g.Select(d => 2.0 * d)], spec);
            weight.ClearGradient();
        }

        Close.To(w, weight.ToArray(), 1e-6, "weight");
        Close.To(v, velocity.ToArray(), 1e-6, "velocity");
    }

    [Test]
    public void WrongArgumentsAreRefused()
    {
        using var weight = Tensor.Parameter(Device, [2], [1f, 2f]);
        var velocity = Tensor.Full(Device, [3], 0f);
        Failure.Says(
            "SgdStep: the parameter [2] has no gradient; run Backward first", () => Ops.SgdStep(weight, velocity, default));
        using (var tape = new Tape()) tape.Backward(Contraction.Of(Ops.Scale(weight, 2f), [1f, 1f]));
        Failure.Says("SgdStep: weight [2] and velocity [3] differ", () => Ops.SgdStep(weight, velocity, default));
    }
}
