using ILGPU;

namespace Idsnn.Kernels.Ops;

/// <summary>
/// dX of a convolution, for the input pixels of one phase: those whose row ≡ PhaseH and column ≡ PhaseW (mod stride), which share their
/// taps. One work-item: eight such pixels × one lane group of input channels; no two work-items write the same place, so nothing is
/// accumulated in memory. One launch per phase (stride² in all). Reference: Conv2DReference.InputGradient.
/// </summary>
/// <param name="dy">[N, OH, OW, Co].</param>
/// <param name="packed">Weights as <see cref="Conv2DPack"/> leaves them with swap: [Ci / lanes, taps, Co, lanes].</param>
/// <param name="zeros">At least max(Co, lanes) zeros.</param>
/// <param name="dx">[N, H, W, Ci].</param>
/// <param name="spec">The geometry.</param>
/// <param name="phase">The phase of this launch.</param>
public readonly struct Conv2DInputGradient(
    ArrayView<float> dy, ArrayView<float> packed, ArrayView<float> zeros, ArrayView<float> dx, Conv2DSpec spec, Phase phase)
    : ILaneKernel, IMeasured
{
    /// <inheritdoc/>
    public double Flops => spec.Flops * phase.Rows * phase.Columns / (spec.H * spec.W);

    /// <summary>Input pixels of one work-item.</summary>
    public const int Pixels = 8;

    /// <inheritdoc/>
    public void Execute<V>(int item)
        where V : unmanaged, ILanes<V>
    {
        int groups = spec.Ci / V.Count;
        int group = item % groups, first = item / groups * Pixels;
        for (int end = first + Pixels; first < end; first += PixelTile<V>.Rows) Compute<V>(first, group);
    }

    private void Compute<V>(int first, int group)
        where V : unmanaged, ILanes<V>
    {
        int groups = spec.Ci / V.Count;
        int last = (spec.N * phase.Rows * phase.Columns) - 1;
        var p0 = At(Math.Min(first, last));
        var p1 = At(Math.Min(first + 1, last));
        var p2 = At(Math.Min(first + 2, last));
        var p3 = At(Math.Min(first + 3, last));
        var p4 = At(Math.Min(first + 4, last));
        var p5 = At(Math.Min(first + 5, last));
        var p6 = At(Math.Min(first + 6, last));
        var p7 = At(Math.Min(first + 7, last));

        var weights = packed.As<V>();
        var tile = new PixelTile<V>(V.Broadcast(0f));
        for (int kh = (phase.H + spec.Padding) % spec.Stride; kh < spec.KH; kh += spec.Stride)
        {
            for (int kw = (phase.W + spec.Padding) % spec.Stride; kw < spec.KW; kw += spec.Stride)
            {
                Eight at = default;
                at.V0 = p0.Tap(kh, kw, spec);
                at.V1 = p1.Tap(kh, kw, spec);
                at.V2 = p2.Tap(kh, kw, spec);
                at.V3 = p3.Tap(kh, kw, spec);
                at.V4 = p4.Tap(kh, kw, spec);
                at.V5 = p5.Tap(kh, kw, spec);
                at.V6 = p6.Tap(kh, kw, spec);
                at.V7 = p7.Tap(kh, kw, spec);
                int panel = ((group * spec.Taps) + (kh * spec.KW) + kw) * spec.Co;
                tile.Accumulate(dy, zeros, at, weights, panel, spec.Co);
            }
        }

        Eight to = default;
        to.V0 = p0.Offset(groups, group, spec);
        to.V1 = p1.Offset(groups, group, spec);
        to.V2 = p2.Offset(groups, group, spec);
        to.V3 = p3.Offset(groups, group, spec);
        to.V4 = p4.Offset(groups, group, spec);
        to.V5 = p5.Offset(groups, group, spec);
        to.V6 = p6.Offset(groups, group, spec);
        to.V7 = p7.Offset(groups, group, spec);
        tile.Store(dx.As<V>(), to);
    }

    private Pixel At(int index)
    {
        int row = index / phase.Columns;
        int column = index - (row * phase.Columns);
        int n = row / phase.Rows;
        return new Pixel(n, phase.H + ((row - (n * phase.Rows)) * spec.Stride), phase.W + (column * spec.Stride));
    }

    /// <summary>One input pixel.</summary>
    private readonly struct Pixel(int n, int ih, int iw)
    {
        /// <summary>The offset of the output pixel that sees this one under tap (kh, kw), or <see cref="Eight.Outside"/>.</summary>
        public int Tap(int kh, int kw, in Conv2DSpec spec)
        {
            int down = ih + spec.Padding - kh, across = iw + spec.Padding - kw;
            int oh = down / spec.Stride, ow = across / spec.Stride;
            bool inside = down >= 0 && across >= 0 && oh < spec.OH && ow < spec.OW;
            return inside ? ((((n * spec.OH) + oh) * spec.OW) + ow) * spec.Co : Eight.Outside;
        }

        /// <summary>The pixel's own offset, in lane groups.</summary>
        public int Offset(int groups, int group, in Conv2DSpec spec) =>
            ((((n * spec.H) + ih) * spec.W) + iw) * groups + group;
    }
}
