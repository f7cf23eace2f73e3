using ILGPU;

namespace Idsnn.Kernels.Ops;

/// <summary>What an update reads before it moves parameters, and leaves behind, on the device.</summary>
/// <param name="values">
/// [2]: what gradients are multiplied by, 0 for no update at all; 1 once an update would have left a parameter not finite, else 0.
/// </param>
public readonly struct GradientGate(ArrayView<float> values)
{
    /// <summary>What gradients are multiplied by; 0: parameters and momenta are to stay.</summary>
    public float Scale => values[0];

    /// <summary>Whether an update would have left a parameter that is not finite.</summary>
    public bool IsBroken => values[1] != 0f;

    /// <summary>Sets the scale of the coming update.</summary>
    public void Set(float scale) => values[0] = scale;

    /// <summary>Says that a parameter would not be finite. Any number of work-items may, since all write the same.</summary>
    public void Break() => values[1] = 1f;
}
