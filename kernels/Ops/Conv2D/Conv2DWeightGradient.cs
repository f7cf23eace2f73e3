using ILGPU;

namespace Idsnn.Kernels.Ops;

/// <summary>
/// Partial dW of a convolution: the sum over one slice of output rows. One work-item: one slice × one tap × eight input channels × one
/// lane group of output channels; channels beyond the last are the last one again. <see cref="SumRows"/> adds the slices. Reference:
/// Conv2DReference.WeightGradient.
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
        for (int c = block * Channels, end = c + Channels; c < end; c += V.TileRows) Add<V>(slice, tap, c, group);
    }

    /// <summary>A register tile: as many input channels as it has rows, from <paramref name="c"/> on.</summary>
    private void Add<V>(int slice, int tap, int c, int group)
        where V : unmanaged, ILanes<V>
    {
        int groups = spec.Co / V.Count;
        int kh = tap / spec.KW, kw = tap - (kh * spec.KW);

        // The input channels' offsets; the last ones repeat where Ci is not a multiple of eight.
        int last = spec.Ci - 1;
        int c0 = Math.Min(c, last), c1 = Math.Min(c + 1, last), c2 = Math.Min(c + 2, last), c3 = Math.Min(c + 3, last);
        int c4 = Math.Min(c + 4, last), c5 = Math.Min(c + 5, last), c6 = Math.Min(c + 6, last), c7 = Math.Min(c + 7, last);
        V s0 = V.Broadcast(0f), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;

        // Output columns whose input column ow·stride + kw − padding lies inside.
        int left = spec.Padding - kw;
        int begin = left > 0 ? (left + spec.Stride - 1) / spec.Stride : 0;
        int room = spec.W - 1 + left;
        int end = room < 0 ? 0 : Math.Min(spec.OW, (room / spec.Stride) + 1);

        // Divisions and products stay out of the loop over rows: late rows are only a few pixels long.
        var gradient = dy.As<V>();
        int row = slice * sliceRows, lastRow = Math.Min(row + sliceRows, spec.N * spec.OH);
        int image = row / spec.OH, oh = row - (image * spec.OH);
        int step = spec.Stride * spec.Ci, rowFloats = spec.W * spec.Ci, rowLanes = spec.OW * groups;
        int top = kh - spec.Padding, ih = (oh * spec.Stride) + top, nextImage = (spec.H - (spec.OH * spec.Stride)) * rowFloats;
        int rowX = (((image * spec.H) + ih) * rowFloats) + (((begin * spec.Stride) - left) * spec.Ci);
        int rowG = (((row * spec.OW) + begin) * groups) + group;
        for (; row < lastRow; row++)
        {
            int at = rowX, g = rowG, columns = ih >= 0 && ih < spec.H ? end : 0;
            for (int ow = begin; ow < columns; ow++)
            {
                V d = gradient[g];
                s0 = V.MultiplyAdd(x[at + c0], d, s0);
                s1 = V.MultiplyAdd(x[at + c1], d, s1);
                s2 = V.MultiplyAdd(x[at + c2], d, s2);
                s3 = V.MultiplyAdd(x[at + c3], d, s3);
                if (V.TileRows == 8)
                {
                    s4 = V.MultiplyAdd(x[at + c4], d, s4);
                    s5 = V.MultiplyAdd(x[at + c5], d, s5);
                    s6 = V.MultiplyAdd(x[at + c6], d, s6);
                    s7 = V.MultiplyAdd(x[at + c7], d, s7);
                }

                at += step;
                g += groups;
            }

            rowG += rowLanes;
            rowX += spec.Stride * rowFloats;
            ih += spec.Stride;
            oh++;
            if (oh == spec.OH)
            {
                oh = 0;
                ih = top;
                rowX += nextImage;
            }
        }

        var sums = partial.As<V>();
        int to = ((slice * spec.Taps) + tap) * spec.Ci;
        sums[((to + c0) * groups) + group] = s0;
        sums[((to + c1) * groups) + group] = s1;
        sums[((to + c2) * groups) + group] = s2;
        sums[((to + c3) * groups) + group] = s3;
        if (V.TileRows == 4) return;
        sums[((to + c4) * groups) + group] = s4;
        sums[((to + c5) * groups) + group] = s5;
        sums[((to + c6) * groups) + group] = s6;
        sums[((to + c7) * groups) + group] = s7;
    }
}
