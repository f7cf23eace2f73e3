using ILGPU;

namespace Idsnn.Kernels.Ops;

/// <summary>
/// y = x ∗ w + b. One work-item: eight output pixels × one lane group of output channels, summed over taps and input channels in
/// order. Pixels beyond the last are the last one again. Reference: Conv2DReference.Forward in the tests.
/// </summary>
/// <param name="x">[N, H, W, Ci].</param>
/// <param name="packed">Weights as <see cref="Conv2DPack"/> leaves them: [Co / lanes, taps, Ci, lanes].</param>
/// <param name="bias">[Co]; zeros where there is none.</param>
/// <param name="zeros">At least Ci zeros: the padding.</param>
/// <param name="y">[N, OH, OW, Co].</param>
/// <param name="spec">The geometry.</param>
public readonly struct Conv2DForward(
    ArrayView<float> x, ArrayView<float> packed, ArrayView<float> bias, ArrayView<float> zeros, ArrayView<float> y, Conv2DSpec spec)
    : ILaneKernel, IMeasured
{
    /// <inheritdoc/>
    public double Flops => spec.Flops;

    /// <summary>Output pixels of one work-item.</summary>
    public const int Pixels = 8;

    /// <inheritdoc/>
    public void Execute<V>(int item)
        where V : unmanaged, ILanes<V>
    {
        int groups = spec.Co / V.Count;
        int group = item % groups, first = item / groups * Pixels;
        for (int end = first + Pixels; first < end; first += PixelTile<V>.Rows) Compute<V>(first, group);
    }

    private void Compute<V>(int first, int group)
        where V : unmanaged, ILanes<V>
    {
        int groups = spec.Co / V.Count;
        int last = (spec.N * spec.OH * spec.OW) - 1;
        var p0 = At(Math.Min(first, last));
        var p1 = At(Math.Min(first + 1, last));
        var p2 = At(Math.Min(first + 2, last));
        var p3 = At(Math.Min(first + 3, last));
        var p4 = At(Math.Min(first + 4, last));
        var p5 = At(Math.Min(first + 5, last));
        var p6 = At(Math.Min(first + 6, last));
        var p7 = At(Math.Min(first + 7, last));

        var weights = packed.As<V>();
        int panel = group * spec.Taps * spec.Ci;
        var tile = new PixelTile<V>(bias.As<V>()[group]);
        for (int kh = 0; kh < spec.KH; kh++)
        {
            for (int kw = 0; kw < spec.KW; kw++)
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
                tile.Accumulate(x, zeros, at, weights, panel, spec.Ci);
                panel += spec.Ci;
            }
        }

        Eight to = default;
        to.V0 = (Math.Min(first, last) * groups) + group;
        to.V1 = (Math.Min(first + 1, last) * groups) + group;
        to.V2 = (Math.Min(first + 2, last) * groups) + group;
        to.V3 = (Math.Min(first + 3, last) * groups) + group;
        to.V4 = (Math.Min(first + 4, last) * groups) + group;
        to.V5 = (Math.Min(first + 5, last) * groups) + group;
        to.V6 = (Math.Min(first + 6, last) * groups) + group;
        to.V7 = (Math.Min(first + 7, last) * groups) + group;
        tile.Store(y.As<V>(), to);
    }

    private Window At(int pixel)
    {
        int row = pixel / spec.OW;
        int ow = pixel - (row * spec.OW);
        int n = row / spec.OH;
        int oh = row - (n * spec.OH);
        return new Window(n, (oh * spec.Stride) - spec.Padding, (ow * spec.Stride) - spec.Padding);
    }

    /// <summary>The input window of one output pixel: its image and the upper left corner, which padding may put outside.</summary>
    private readonly struct Window(int n, int top, int left)
    {
        /// <summary>The offset of the input pixel under tap (kh, kw), or <see cref="Eight.Outside"/>.</summary>
        public int Tap(int kh, int kw, in Conv2DSpec spec)
        {
            int ih = top + kh, iw = left + kw;
            bool inside = ih >= 0 && ih < spec.H && iw >= 0 && iw < spec.W;
            return inside ? ((((n * spec.H) + ih) * spec.W) + iw) * spec.Ci : Eight.Outside;
        }
    }
}
