using Idsnn.Engine;

namespace Idsnn.Tests;

/// <summary>Σ dY ⊙ y as a recorded scalar, so that Backward hands y the gradient dY. Its value is not computed.</summary>
internal static class Contraction
{
    public static Tensor Of(Tensor y, float[] dY)
    {
        var scalar = Tensor.Full(y.Device, [1], 0f);
        return Tape.Record(scalar, new ContractionNode(y, Tensor.From(y.Device, y.Shape, dY)));
    }

    private sealed class ContractionNode(Tensor y, Tensor gradient) : Node(y)
    {
        protected override void Backward(Tensor dY) => Give(0, gradient);
    }
}
