using ILGPU;

namespace Idsnn.Kernels.Ops;

/// <summary>
/// Panels of the forward pass, [Co / lanes, points, Ci, lanes], to those of the input gradient, [Ci / V, points, Co, V], where the
/// channels' roles are swapped. One work-item: one lane group of input channels × one point × one lane group of output channels.
/// </summary>
/// <param name="panels">The forward pass's.</param>
/// <param name="lanes">Their lanes.</param>
/// <param name="swapped">The input gradient's.</param>
/// <param name="points">Taps, or <see cref="Winograd.Points"/>.</param>
/// <param name="ci">Input channels.</param>
/// <param name="co">Output channels.</param>
/// <param name="turn">Whether to turn the kernel by half a turn, which in Winograd's domain exchanges the outer points.</param>
public readonly struct SwapPanels(
    ArrayView<float> panels, int lanes, ArrayView<float> swapped, int points, int ci, int co, Flag turn) : ILaneKernel
{
    /// <inheritdoc/>
    public void Execute<V>(int item)
        where V : unmanaged, ILanes<V>
    {
        int blocks = co / lanes, block = item % blocks, rest = item / blocks;
        int point = rest % points, group = rest / points;
        int from = turn ? (Winograd.Turned(point / 4) * 4) + Winograd.Turned(point % 4) : point;
        int at = ((((block * points) + from) * ci) + (group * V.Count)) * lanes;
        var target = swapped.As<V>();
        int to = item * lanes;
        for (int output = 0; output < lanes; output++)
        {
            // The usual stride as a constant, which addresses fold.
            target[to + output] = lanes == V.Count ? V.Gather(panels, at + output, V.Count) : V.Gather(panels, at + output, lanes);
        }
    }
}
