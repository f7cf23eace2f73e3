namespace Idsnn.Engine;

public static partial class Ops
{
    /// <summary>y = x·W + b: a 1×1 convolution over N images of one pixel, and run as such.</summary>
    /// <param name="x">[N, I].</param>
    /// <param name="weight">[I, O].</param>
    /// <param name="bias">[O], or null.</param>
    /// <returns>[N, O].</returns>
    /// <exception cref="ArgumentException">Shapes that do not fit.</exception>
    public static Tensor Linear(Tensor x, Tensor weight, Tensor? bias = null)
    {
        Require.That(x.Shape.Rank == 2, $"Linear: x must be [N, I], got {x.Shape}");
        Require.OneDevice("Linear", x.Device, weight.Device, bias?.Device);
        Require.That(
            weight.Shape.Rank == 2 && weight.Shape[0] == x.Shape[1],
            $"Linear: weight must be [{x.Shape[1]}, O] for x {x.Shape}, got {weight.Shape}");
        Require.That(
            bias is null || bias.Shape == [weight.Shape[1]],
            $"Linear: bias must be [{weight.Shape[1]}] for weight {weight.Shape}, got {bias?.Shape}");
        int n = x.Shape[0], inputs = x.Shape[1], outputs = weight.Shape[1];
        using var pixels = x.Reshape([n, 1, 1, inputs]);
        using var kernel = weight.Reshape([1, 1, inputs, outputs]);
        using var y = Conv2D(pixels, kernel, bias);
        return y.Reshape([n, outputs]);
    }
}
