using ILGPU;

namespace Idsnn.Kernels.Ops;

/// <summary>
/// Lays weights out for <see cref="TensorConv2D{TWarp, TOperand, TGathered, TWidth}"/>: [taps, Outputs, Depth], rounded, the outputs being
/// Co and the depth Ci; with swap, for the input gradient, the other way round. One work-item: one word.
/// </summary>
/// <typeparam name="TOperand">What is multiplied.</typeparam>
/// <param name="weight">[KH, KW, Ci, Co].</param>
/// <param name="packed">As many numbers.</param>
/// <param name="spec">The geometry.</param>
/// <param name="swap">Whether to pack for the input gradient.</param>
/// <param name="spikes">Whether the depth goes in the order of <see cref="SpikeSlots"/>.</param>
public readonly struct TensorPack<TOperand>(
    ArrayView<float> weight, ArrayView<uint> packed, Conv2DSpec spec, Flag swap, Flag spikes) : IKernel
    where TOperand : struct, IOperand
{
    /// <inheritdoc/>
    public void Execute(int item)
    {
        int outputs = swap ? spec.Ci : spec.Co, depth = swap ? spec.Co : spec.Ci;
        int words = depth / TOperand.PerWord, row = item / words, slot = TOperand.PerWord * (item - (row * words));
        int tap = row / outputs, output = row - (tap * outputs);
        packed[item] = TOperand.Pack(Weight(output, Channel(slot), tap), Weight(output, Channel(slot + TOperand.PerWord - 1), tap));
    }

    private int Channel(int slot) => spikes ? (slot & ~31) + SpikeSlots.Channel(slot & 31) : slot;

    private float Weight(int output, int inner, int tap) =>
        weight[(((tap * spec.Ci) + (swap ? output : inner)) * spec.Co) + (swap ? inner : output)];
}
