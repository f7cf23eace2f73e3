using ILGPU;

namespace Idsnn.Kernels;

/// <summary>
/// Partial dW of a convolution: the sum over one slice of output rows. One work-item: one slice × one tap × eight input channels × one
/// lane group of output channels; channels beyond the last are the last one again. <see cref="SumRows"/> adds the slices. Reference: Conv2DReference.WeightGradient.
/// </summary>
/// <param name="x">[N, H, W, Ci].</param>
/// <param name="dy">[N, OH, OW, Co].</param>
/// <param name="partial">[slices, taps, Ci, Co].</param>
/// <param name="spec">The geometry.</param>
/// <param name="sliceRows">Output rows (of N·OH) per slice.</param>
public readonly struct Conv2DWeightGradient(
    ArrayView<float> x, ArrayView<float> dy, ArrayView<float> partial, Conv2DSpec spec, int sliceRows)
    : ILaneKernel, IMeasured
{
    /// <inheritdoc/>
    public double Flops => spec.Flops;

    /// <summary>Input channels of one work-item.</summary>
    public const int Channels = 8;

    /// <inheritdoc/>
    public void Execute<V>(int item)
        where V : unmanaged, ILanes<V>
    {
        int groups = spec.Co / V.Count;
        int blocks = (spec.Ci + Channels - 1) / Channels;
        int group = item % groups;
        int rest = item / groups;
        int block = rest % blocks;
        rest /= blocks;
        int tap = rest % spec.Taps;
        int slice = rest / spec.Taps;
        int kh = tap / spec.KW, kw = tap - (kh * spec.KW);

        // The input channels' offsets; the last ones repeat where Ci is not a multiple of eight.
        int top = spec.Ci - 1, c = block * Channels;
        int c0 = Math.Min(c, top), c1 = Math.Min(c + 1, top), c2 = Math.Min(c + 2, top), c3 = Math.Min(c + 3, top);
        int c4 = Math.Min(c + 4, top), c5 = Math.Min(c + 5, top), c6 = Math.Min(c + 6, top), c7 = Math.Min(c + 7, top);
        V s0 = V.Broadcast(0f), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;

        // Output columns whose input column ow·stride + kw − padding lies inside.
        int left = spec.Padding - kw;
        int begin = left > 0 ? (left + spec.Stride - 1) / spec.Stride : 0;
        int room = spec.W - 1 + left;
        int end = room < 0 ? 0 : Math.Min(spec.OW, (room / spec.Stride) + 1);

        var gradient = dy.As<V>();
        int lastRow = Math.Min((slice + 1) * sliceRows, spec.N * spec.OH);
        for (int row = slice * sliceRows; row < lastRow; row++)
        {
            int n = row / spec.OH;
            int ih = ((row - (n * spec.OH)) * spec.Stride) + kh - spec.Padding;
            if (ih < 0 || ih >= spec.H) continue;
            int step = spec.Stride * spec.Ci;
            int at = ((((n * spec.H) + ih) * spec.W) + (begin * spec.Stride) - left) * spec.Ci;
            int g = (((row * spec.OW) + begin) * groups) + group;
            for (int ow = begin; ow < end; ow++)
            {
                V d = gradient[g];
                s0 = V.MultiplyAdd(x[at + c0], d, s0);
                s1 = V.MultiplyAdd(x[at + c1], d, s1);
                s2 = V.MultiplyAdd(x[at + c2], d, s2);
                s3 = V.MultiplyAdd(x[at + c3], d, s3);
                s4 = V.MultiplyAdd(x[at + c4], d, s4);
                s5 = V.MultiplyAdd(x[at + c5], d, s5);
                s6 = V.MultiplyAdd(x[at + c6], d, s6);
                s7 = V.MultiplyAdd(x[at + c7], d, s7);
                at += step;
                g += groups;
            }
        }

        var sums = partial.As<V>();
        int to = ((slice * spec.Taps) + tap) * spec.Ci;
        sums[((to + c0) * groups) + group] = s0;
        sums[((to + c1) * groups) + group] = s1;
        sums[((to + c2) * groups) + group] = s2;
        sums[((to + c3) * groups) + group] = s3;
        sums[((to + c4) * groups) + group] = s4;
        sums[((to + c5) * groups) + group] = s5;
        sums[((to + c6) * groups) + group] = s6;
        sums[((to + c7) * groups) + group] = s7;
    }
}
