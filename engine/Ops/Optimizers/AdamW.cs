namespace Idsnn.Engine;

public static partial class Ops
{
    /// <summary>One step of AdamW, in place and in one pass, as PyTorch's torch.optim.AdamW defines it.</summary>
    /// <param name="slot">The parameter, whose gradient must be there, and its averages.</param>
    /// <param name="timer">The learning rate and the step, already advanced to this one.</param>
    /// <param name="gate">
    /// Scales the gradient, or leaves the step out. Elements that would not be finite stay as they are, and it is told.
    /// </param>
    /// <param name="spec">β₁, β₂, ε and the weight decay.</param>
    /// <exception cref="ArgumentException">No gradient, or shapes that differ.</exception>
    public static void AdamWStep(AdamWSlot slot, AdamWTimer timer, UpdateGate gate, AdamWSpec spec)
    {
        var (weight, first, second) = slot;
        Require.OneDevice("AdamWStep", weight.Device, first.Device, second.Device, timer.Device, gate.Device);
        Require.That(weight.Gradient is not null, $"AdamWStep: the parameter {weight.Shape} has no gradient; run Backward first");
        Require.That(
            weight.Shape == first.Shape && weight.Shape == second.Shape,
            $"AdamWStep: weight {weight.Shape} and its averages {first.Shape} and {second.Shape} differ");
        RunElementwise(
            weight,
            new AdamW(
                weight.PaddedView, first.PaddedView, second.PaddedView, weight.Gradient!.PaddedView, weight.Shape.Size, timer.OnDevice,
                gate.OnDevice, spec));
        weight.Changed();
    }
}
