namespace Idsnn.Engine;

public static partial class Ops
{
    /// <summary>One step of stochastic gradient descent with momentum, in place and in one pass, as PyTorch defines it.</summary>
    /// <param name="weight">The parameter; its gradient must be there.</param>
    /// <param name="velocity">Its momentum, of its shape; zeros before the first step.</param>
    /// <param name="gate">
    /// Scales the gradient, or leaves the step out. Elements that would not be finite stay as they are, and it is told.
    /// </param>
    /// <param name="spec">Learning rate, momentum, weight decay, Nesterov.</param>
    /// <exception cref="ArgumentException">No gradient, or shapes that differ.</exception>
    public static void SgdStep(Tensor weight, Tensor velocity, UpdateGate gate, SgdSpec spec)
    {
        Require.OneDevice("SgdStep", weight.Device, velocity.Device, gate.Device);
        Require.That(weight.Gradient is not null, $"SgdStep: the parameter {weight.Shape} has no gradient; run Backward first");
        Require.That(weight.Shape == velocity.Shape, $"SgdStep: weight {weight.Shape} and velocity {velocity.Shape} differ");
        RunElementwise(
            weight,
            new Sgd(weight.PaddedView, velocity.PaddedView, weight.Gradient!.PaddedView, weight.Shape.Size, gate.OnDevice, spec));
        weight.Changed();
    }
}
