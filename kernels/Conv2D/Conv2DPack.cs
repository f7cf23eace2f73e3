using ILGPU;

namespace Idsnn.Kernels;

/// <summary>
/// Lays OIHW weights out as the tiles read them. For the forward pass [Co / lanes, taps, Ci, lanes]; for the input gradient, with the
/// channels' roles swapped, [Ci / lanes, taps, Co, lanes]. One work-item: all taps of one lane group and one channel of the other kind.
/// </summary>
/// <param name="weight">[Co, Ci, KH, KW].</param>
/// <param name="packed">As many floats, packed.</param>
/// <param name="spec">The geometry.</param>
/// <param name="swap">Whether to pack for the input gradient.</param>
public readonly struct Conv2DPack(ArrayView<float> weight, ArrayView<float> packed, Conv2DSpec spec, Flag swap) : ILaneKernel
{
    /// <inheritdoc/>
    public void Execute<V>(int item)
        where V : unmanaged, ILanes<V>
    {
        int depth = swap ? spec.Co : spec.Ci;
        int group = item / depth, inner = item % depth;
        int outer = group * V.Count;
        int start = (swap ? (inner * spec.Ci) + outer : (outer * spec.Ci) + inner) * spec.Taps;
        int stride = swap ? spec.Taps : spec.Ci * spec.Taps;
        var target = packed.As<V>();
        for (int tap = 0; tap < spec.Taps; tap++)
        {
            target[(((group * spec.Taps) + tap) * depth) + inner] = V.Gather(weight, start + tap, stride);
        }
    }
}
