namespace Idsnn.Engine;

public static partial class Ops
{
    /// <summary>σ(x) = 1/(1 + e^(−x)), element by element.</summary>
    public static Tensor Sigmoid(Tensor x)
    {
        var y = Tensor.Empty(x.Device, x.Shape);
        using var numbers = ToFloats(x);
        RunElementwise(y, new SigmoidForward(numbers.PaddedView, y.PaddedView));
        return Tape.Records(x) ? Tape.Record(y, new SigmoidNode(x, y)) : y;
    }

    private sealed class SigmoidNode : Node
    {
        private readonly Tensor y;

        public SigmoidNode(Tensor x, Tensor y)
            : base(x) => this.y = Save(y);

        protected override void Backward(Tensor dY)
        {
            using var dX = Tensor.Empty(y.Device, y.Shape);
            RunElementwise(dX, new SigmoidBackward(y.PaddedView, dY.PaddedView, dX.PaddedView));
            Give(0, dX);
        }
    }
}
