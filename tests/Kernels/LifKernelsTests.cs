using Idsnn.Engine;
using Idsnn.Kernels.Ops;

namespace Idsnn.Tests;

/// <summary>The backward recursion against its double twin, for every neuron, with every lane type over the same sites.</summary>
public sealed class LifKernelsTests(string name) : DeviceTests(name)
{
    private const int Timesteps = 5, Sites = 48;

    [Test]
    public void Backward([Values(1, 4, 8, 16)] int lanes, [Values] bool soft, [Values] bool attach)
    {
        var spec = Spec(soft, attach);
        Check(new LifNeuron(spec), spec, lanes);
    }

    [Test]
    public void BackwardFromACharge([Values(1, 4, 8, 16)] int lanes, [Values] bool soft, [Values] bool attach)
    {
        var spec = Spec(soft, attach);
        Check(
            new PrimedLifNeuron(spec, 0.3f, MathF.BitDecrement(spec.Threshold)),
            new ReferenceNeuron(spec, Initial: 0.3f, AtThreshold: true),
            lanes);
    }

    [Test]
    public void BackwardWithADecayInMemory([Values(1, 4, 8, 16)] int lanes, [Values] bool soft, [Values] bool attach)
    {
        var spec = Spec(soft, attach);
        Tensor decay = From([1], 0.8f), parts = Tensor.Full(Device, [Sites], float.NaN);
        double expected = Check(new ParametricLifNeuron(spec, decay.View, parts.View), new ReferenceNeuron(spec, Decay: 0.8f), lanes);
        Assert.That(parts.ToArray().Sum(part => (double)part), Is.EqualTo(expected).Within(1e-5).Percent);
    }

    private static LifSpec Spec(bool soft, bool attach) => new(Timesteps, Sites, 0.6f, 0.5f, 0.7f, soft, attach);

    /// <summary>Compares dX; gives what the decay's gradient must be.</summary>
    private double Check<TNeuron>(TNeuron neuron, ReferenceNeuron reference, int lanes)
        where TNeuron : struct, INeuron<TNeuron>
    {
        var draw = new Draw(1);
        Shape shape = [Timesteps, Sites];
        float[] x = Currents.Clear(draw, reference), dSpikes = draw.Fill(shape);
        var dx = Tensor.Empty(Device, shape);
        Device.Launcher.Run(
            new LifBackward<TNeuron, ArctanSurrogate>(From(shape, x).View, From(shape, dSpikes).View, dx.View, neuron),
            lanes,
            Sites / lanes);
        var expected = LifReference.Backward(
            x.Widen(), dSpikes.Widen(), reference, (v, width) => ArctanSurrogate.Derivative((float)v, (float)width));
        Close.To(expected.X, dx.ToArray(), 1e-5, "dX");
        return expected.Decay;
    }
}
