using ILGPU;

namespace Idsnn.Kernels;

/// <summary>
/// Lays OIHW weights out as the tiles read them. For the forward pass [Co / lanes, taps, Ci, lanes]; for the input gradient, with the
/// channels' roles swapped, [Ci / lanes, taps, Co, lanes]. One work-item: one packed float.
/// </summary>
/// <param name="weight">[Co, Ci, KH, KW].</param>
/// <param name="packed">As many floats, packed.</param>
/// <param name="spec">The geometry.</param>
/// <param name="lanes">The lane count of the convolution that will read them.</param>
/// <param name="swap">Whether to pack for the input gradient.</param>
public readonly struct Conv2DPack(ArrayView<float> weight, ArrayView<float> packed, Conv2DSpec spec, int lanes, Flag swap) : IKernel
{
    /// <inheritdoc/>
    public void Execute(int item)
    {
        int depth = swap ? spec.Co : spec.Ci;
        int lane = item % lanes;
        int rest = item / lanes;
        int inner = rest % depth;
        rest /= depth;
        int tap = rest % spec.Taps;
        int outer = (rest / spec.Taps * lanes) + lane;
        int co = swap ? inner : outer, ci = swap ? outer : inner;
        packed[item] = weight[(((co * spec.Ci) + ci) * spec.Taps) + tap];
    }
}
