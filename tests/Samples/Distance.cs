using Idsnn.Engine;

namespace Idsnn.Tests.Samples;

/// <summary>a − b, of equal shapes, made of the library's operations alone; only <c>a</c> has a gradient.</summary>
public sealed class Distance : CustomOp
{
    /// <inheritdoc/>
    protected override Tensor Forward(IReadOnlyList<Tensor> inputs)
    {
        using var minus = Ops.Scale(inputs[1], -1f);
        return Ops.Add(inputs[0], minus);
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Tensor?> Backward(Tensor dY, IReadOnlyList<Tensor> inputs, Tensor y) => [Ops.Scale(dY, 1f), null];
}
