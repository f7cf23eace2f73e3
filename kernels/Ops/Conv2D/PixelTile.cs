using ILGPU;

namespace Idsnn.Kernels.Ops;

/// <summary>
/// The register tile of the forward and input-gradient convolutions: <see cref="Rows"/> pixels × one lane group of output channels. The
/// sums live in registers; each step loads one lane group of packed weights and a scalar for each pixel.
/// </summary>
internal struct PixelTile<V>(V start)
    where V : unmanaged, ILanes<V>
{
    /// <summary>Pixels of the tile: eight, or the first four of what are eight elsewhere.</summary>
    public static int Rows => V.TileRows;

    private V sum0 = start, sum1 = start, sum2 = start, sum3 = start, sum4 = start, sum5 = start, sum6 = start, sum7 = start;

    /// <summary>
    /// sums += rows · weights[first … first + depth), where pixel j's row starts at its offset in <paramref name="x"/>, or is all
    /// zeros where that is <see cref="Eight.Outside"/> (padding).
    /// </summary>
    public void Accumulate(ArrayView<float> x, ArrayView<float> zeros, in Eight at, ArrayView<V> weights, int first, int depth)
    {
        var x0 = at.V0 == Eight.Outside ? zeros : x;
        var x1 = at.V1 == Eight.Outside ? zeros : x;
        var x2 = at.V2 == Eight.Outside ? zeros : x;
        var x3 = at.V3 == Eight.Outside ? zeros : x;
        var x4 = at.V4 == Eight.Outside ? zeros : x;
        var x5 = at.V5 == Eight.Outside ? zeros : x;
        var x6 = at.V6 == Eight.Outside ? zeros : x;
        var x7 = at.V7 == Eight.Outside ? zeros : x;
        int o0 = at.V0 == Eight.Outside ? 0 : at.V0;
        int o1 = at.V1 == Eight.Outside ? 0 : at.V1;
        int o2 = at.V2 == Eight.Outside ? 0 : at.V2;
        int o3 = at.V3 == Eight.Outside ? 0 : at.V3;
        int o4 = at.V4 == Eight.Outside ? 0 : at.V4;
        int o5 = at.V5 == Eight.Outside ? 0 : at.V5;
        int o6 = at.V6 == Eight.Outside ? 0 : at.V6;
        int o7 = at.V7 == Eight.Outside ? 0 : at.V7;
        for (int k = 0; k < depth; k++)
        {
            V w = weights[first + k];
            sum0 = V.MultiplyAdd(x0[o0 + k], w, sum0);
            sum1 = V.MultiplyAdd(x1[o1 + k], w, sum1);
            sum2 = V.MultiplyAdd(x2[o2 + k], w, sum2);
            sum3 = V.MultiplyAdd(x3[o3 + k], w, sum3);
            if (Rows == 4) continue;
            sum4 = V.MultiplyAdd(x4[o4 + k], w, sum4);
            sum5 = V.MultiplyAdd(x5[o5 + k], w, sum5);
            sum6 = V.MultiplyAdd(x6[o6 + k], w, sum6);
            sum7 = V.MultiplyAdd(x7[o7 + k], w, sum7);
        }
    }

    /// <summary>sums += rows · weights[first … first + depth), where pixel j's row starts at start + j·pitch.</summary>
    public void Accumulate(ArrayView<float> x, int start, int pitch, ArrayView<V> weights, int first, int depth)
    {
        for (int k = 0; k < depth; k++)
        {
            V w = weights[first + k];
            int at = start + k;
            sum0 = V.MultiplyAdd(x[at], w, sum0);
            sum1 = V.MultiplyAdd(x[at + pitch], w, sum1);
            sum2 = V.MultiplyAdd(x[at + (2 * pitch)], w, sum2);
            sum3 = V.MultiplyAdd(x[at + (3 * pitch)], w, sum3);
            if (Rows == 4) continue;
            sum4 = V.MultiplyAdd(x[at + (4 * pitch)], w, sum4);
            sum5 = V.MultiplyAdd(x[at + (5 * pitch)], w, sum5);
            sum6 = V.MultiplyAdd(x[at + (6 * pitch)], w, sum6);
            sum7 = V.MultiplyAdd(x[at + (7 * pitch)], w, sum7);
        }
    }

    /// <summary>Writes the sums one after the other.</summary>
    public readonly void Store(ArrayView<V> y, int start)
    {
        y[start] = sum0;
        y[start + 1] = sum1;
        y[start + 2] = sum2;
        y[start + 3] = sum3;
        if (Rows == 4) return;
        y[start + 4] = sum4;
        y[start + 5] = sum5;
        y[start + 6] = sum6;
        y[start + 7] = sum7;
    }

    /// <summary>Writes the sums; pixels with equal offsets carry equal sums.</summary>
    public readonly void Store(ArrayView<V> y, in Eight at)
    {
        y[at.V0] = sum0;
        y[at.V1] = sum1;
        y[at.V2] = sum2;
        y[at.V3] = sum3;
        if (Rows == 4) return;
        y[at.V4] = sum4;
        y[at.V5] = sum5;
        y[at.V6] = sum6;
        y[at.V7] = sum7;
    }
}

/// <summary>One integer for each of a tile's eight pixels.</summary>
internal struct Eight
{
    /// <summary>
    /// No pixel: the padding. (A negative number would do, but ILGPU writes it as a long, and OpenCL compilers complain.)
    /// </summary>
    public const int Outside = int.MaxValue;

    public int V0, V1, V2, V3, V4, V5, V6, V7;
}
