using Idsnn.Engine;

namespace Idsnn.Tests;

/// <summary>An input of an op under test.</summary>
internal sealed record Operand(string Name, Shape Shape, float[] Elements);

/// <summary>
/// Checks an op against a plain reference in double: the forward values, and the gradient of Σ dY ⊙ y, with a fixed random dY, against
/// central differences of the reference.
/// </summary>
internal static class GradientCheck
{
    private const double Step = 1e-5;

    /// <param name="device">Where the op runs.</param>
    /// <param name="op">The op, on a tensor for each operand.</param>
    /// <param name="reference">Its forward in double. Where the op has no derivative, a stand-in of equal value at the operands.</param>
    /// <param name="operands">The inputs; each one's gradient is checked.</param>
    public static void Run(Device device, Func<Tensor[], Tensor> op, Func<double[][], double[]> reference, params Operand[] operands)
    {
        double[][] inputs = [.. operands.Select(o => o.Elements.Widen())];
        double[] expected = reference(inputs);
        float[] dY = new Draw(expected.Length).Fill([expected.Length]);
        var tensors = operands.Select(o => Tensor.Parameter(device, o.Shape, o.Elements)).ToArray();
        try
        {
            using (device.Scope())
            {
                using var tape = new Tape();
                var y = op(tensors);
                Close.To(expected, y.ToArray(), 1e-5, "forward");
                tape.Backward(Contraction.Of(y, dY));
            }

            for (int i = 0; i < operands.Length; i++)
            {
                var gradient = tensors[i].Gradient;
                Assert.That(gradient?.Shape, Is.EqualTo(operands[i].Shape), $"shape of d{operands[i].Name}");
                Close.To(Differences(reference, inputs, i, dY), gradient!.ToArray(), 1e-4, $"d{operands[i].Name}");
            }
        }
        finally
        {
            foreach (var tensor in tensors) tensor.Dispose();
        }
    }

    /// <summary>∂(Σ dY ⊙ y)/∂(each element of one input).</summary>
    private static double[] Differences(Func<double[][], double[]> reference, double[][] inputs, int which, float[] dY)
    {
        double[] x = inputs[which];
        double[] gradient = new double[x.Length];
        for (int i = 0; i < x.Length; i++)
        {
            double at = x[i];
            x[i] = at + Step;
            double[] above = reference(inputs);
            x[i] = at - Step;
            double[] below = reference(inputs);
            x[i] = at;
            for (int j = 0; j < dY.Length; j++) gradient[i] += dY[j] * (above[j] - below[j]) / (2 * Step);
        }

        return gradient;
    }
}
