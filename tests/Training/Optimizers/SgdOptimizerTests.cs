using Idsnn.Engine;
using Idsnn.Training;

namespace Idsnn.Tests.Training;

public class SgdOptimizerTests(string name) : DeviceTests(name)
{
    [Test]
    public void ThreeStepsAreThoseOfAPlainLoop([Values] bool nesterov, [Values(0f, 0.1f)] float decay, [Values(0f, 0.9f)] float momentum)
    {
        const int n = 37;
        float[] start = new Draw(1).Fill([n]);
        using var parameter = Tensor.Parameter(Device, [n], start);
        using var optimizer = Optimizer([parameter], new SgdOptions(momentum, decay, nesterov));
        double[] weight = start.Widen(), velocity = new double[n];
        for (int step = 0; step < 3; step++)
        {
            double rate = 0.5 / (step + 1);
            float[] gradient = new Draw(10 + step).Fill([n]);
            using (var tape = new Tape()) tape.Backward(Contraction.Of(parameter, gradient));
            optimizer.SetRate(rate);
            optimizer.Step();
            for (int i = 0; i < n; i++)
            {
                double g = gradient[i] + (decay * weight[i]);
                velocity[i] = (momentum * velocity[i]) + g;
                weight[i] -= rate * (nesterov ? g + (momentum * velocity[i]) : velocity[i]);
            }

            Assert.That(parameter.Gradient, Is.Null, "the gradient is used up");
        }

        Close.To(weight, parameter.ToArray(), 1e-6, "weight");
    }

    [Test]
    public void VectorsCanBeLeftOutOfTheDecay([Values] bool decayVectors)
    {
        // Without momentum and with gradients of zero, what a step changes is the decay.
        using var matrix = Tensor.Parameter(Device, [1, 3], [1, 2, 4]);
        using var vector = Tensor.Parameter(Device, [3], [1, 2, 4]);
        using var optimizer = Optimizer([vector, matrix], new SgdOptions(0f, 0.5f, DecayVectors: decayVectors));
        using (var tape = new Tape()) tape.Backward(Contraction.Of(Ops.Add(matrix.Reshape([3]), vector), [0, 0, 0]));
        optimizer.SetRate(0.5);
        optimizer.Step();

        Assert.That(matrix.ToArray(), Is.EqualTo(new[] { 0.75f, 1.5f, 3f }));
        Assert.That(vector.ToArray(), Is.EqualTo(decayVectors ? [0.75f, 1.5f, 3f] : new[] { 1f, 2f, 4f }));
    }

    [Test]
    public void AParameterWithoutGradientIsAnError()
    {
        using var parameter = Tensor.Parameter(Device, [3], [1, 2, 3]);
        using var optimizer = Optimizer([parameter], new SgdOptions());

        string update = SgdUpdate.Supports(Device) ? "SgdUpdate" : "SgdStep";
        Failure.Says($"{update}: the parameter [3] has no gradient; run Backward first", optimizer.Step);
    }

    /// <summary>
    /// Gradients (3, 4) and (12) have the norm 13. PyTorch scales them by clip/(13 + 1e-6) where that is below 1:
    /// torch.nn.utils.clip_grad_norm_ of 6.5 leaves 1.4999999, 1.9999998 and 5.9999995.
    /// </summary>
    [TestCase(6.5f, 6.5 / 13.000001)]
    [TestCase(0.013f, 0.013 / 13.000001)]
    [TestCase(13f, 13 / 13.000001)]
    [TestCase(14f, 1)]
    [TestCase(0f, 1)]
    public void GradientsAreScaledDownToTheirLargestNorm(float clipNorm, double scale)
    {
        var options = new SgdOptions(0.9f, 0.1f);
        using Tensor first = Tensor.Parameter(Device, [2], [1, -1]), second = Tensor.Parameter(Device, [1, 1], [2]);
        using var optimizer = Optimizer([first, second], options);
        using var sums = Tensor.Full(Device, [5], 0f);
        double[] weights = [1, -1, 2], velocities = new double[3];
        for (int step = 0; step < 3; step++)
        {
            using (var tape = new Tape()) tape.Backward(Ops.Add(Contraction.Of(first, [3, 4]), Contraction.Of(second, [12])));
            var norm = Ops.SquaredNorm([first.Gradient!, second.Gradient!]);
            Ops.AddStep(sums, norm, norm, norm, 1, new UpdateRule(optimizer.Gate, norm, clipNorm));
            optimizer.SetRate(0.25);
            optimizer.Step();
            SgdReference.Step(weights, velocities, [3 * scale, 4 * scale, 12 * scale], new Kernels.Ops.SgdSpec(0.25f, 0.9f, 0.1f, false));
        }

        Close.To(weights, [.. first.ToArray(), .. second.ToArray()], 1e-6, "weights");
        Close.To(velocities, optimizer.State.SelectMany(velocity => velocity.Tensor.ToArray()).ToArray(), 1e-6, "momenta");
    }

    private static SgdOptimizer Optimizer(Tensor[] parameters, SgdOptions options) => new(Tiny.Named(parameters), options);

    [Test]
    public void TheDefaultsAreThePapers() => Assert.That(new SgdOptions(), Is.EqualTo(new SgdOptions(0.9f, 1e-4f, false, true)));
}
