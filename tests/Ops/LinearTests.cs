using CsCheck;
using Idsnn.Engine;

namespace Idsnn.Tests;

public sealed class LinearTests(string name) : DeviceTests(name)
{
    private static readonly Gen<(int N, int Inputs, int Outputs, bool Bias)> Sizes =
        Gen.Select(Gen.Int[1, 11], Gen.OneOf(1, 3, 8, 17, 32), Gen.OneOf(1, 4, 8, 10, 16, 100), Gen.Bool);

    [Test]
    public void ForwardAndGradients() => Property.Holds(Sizes, 12, s =>
    {
        var draw = new Draw((100 * s.N) + s.Outputs);
        var x = draw.Operand("x", [s.N, s.Inputs]);
        var weight = draw.Operand("weight", [s.Inputs, s.Outputs]);
        GradientCheck.Run(
            Device,
            t => Ops.Linear(t[0], t[1], s.Bias ? t[2] : null),
            t => Reference(t[0], t[1], s.Bias ? t[2] : null, s.N, s.Inputs, s.Outputs),
            s.Bias ? [x, weight, draw.Operand("bias", [s.Outputs])] : [x, weight]);
    });

    [Test]
    public void WrongShapesAreRefused()
    {
        var x = Tensor.Full(Device, [2, 6], 1f);
        var weight = Tensor.Full(Device, [6, 4], 1f);
        Failure.Says("Linear: x must be [N, I], got [2, 3, 2]", () => Ops.Linear(x.Reshape([2, 3, 2]), weight));
        Failure.Says("Linear: weight must be [6, O] for x [2, 6], got [4, 6]", () => Ops.Linear(x, weight.Reshape([4, 6])));
        Failure.Says("Linear: weight must be [6, O] for x [2, 6], got [6, 4, 1]", () => Ops.Linear(x, weight.Reshape([6, 4, 1])));
        Failure.Says("Linear: bias must be [4] for weight [6, 4], got [6]", () => Ops.Linear(x, weight, Tensor.Full(Device, [6], 1f)));
    }

    private static double[] Reference(double[] x, double[] weight, double[]? bias, int n, int inputs, int outputs)
    {
        double[] y = new double[n * outputs];
        foreach (var (row, o) in Loop.Over(n, outputs))
        {
            double sum = bias?[o] ?? 0;
            for (int i = 0; i < inputs; i++) sum += x[(row * inputs) + i] * weight[(i * outputs) + o];
            y[(row * outputs) + o] = sum;
        }

        return y;
    }
}
