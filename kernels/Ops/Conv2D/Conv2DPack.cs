using ILGPU;

namespace Idsnn.Kernels.Ops;

/// <summary>
/// Lays weights out as the tiles of the forward pass read them, in panels [Co / lanes, taps, Ci, lanes]. One work-item: one lane group of
/// one tap and one input channel.
/// </summary>
/// <param name="weight">[taps, Ci, Co].</param>
/// <param name="panels">As many floats.</param>
/// <param name="spec">The geometry.</param>
public readonly struct Conv2DPack(ArrayView<float> weight, ArrayView<float> panels, Conv2DSpec spec) : ILaneKernel
{
    /// <inheritdoc/>
    public void Execute<V>(int item)
        where V : unmanaged, ILanes<V>
    {
        int ci = item % spec.Ci, rest = item / spec.Ci;
        int tap = rest % spec.Taps, group = rest / spec.Taps;
        panels.As<V>()[item] = weight.As<V>()[(((tap * spec.Ci) + ci) * (spec.Co / V.Count)) + group];
    }
}
