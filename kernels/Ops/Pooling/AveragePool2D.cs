using ILGPU;

namespace Idsnn.Kernels.Ops;

/// <summary>Window means. One work-item: one output pixel × one lane group of channels. Reference: PoolingReference.Forward.</summary>
/// <param name="x">[N, H, W, C].</param>
/// <param name="y">[N, OH, OW, C].</param>
/// <param name="spec">The geometry.</param>
public readonly struct AveragePool2DForward(ArrayView<float> x, ArrayView<float> y, Pool2DSpec spec) : ILaneKernel
{
    /// <inheritdoc/>
    public void Execute<V>(int item)
        where V : unmanaged, ILanes<V>
    {
        int groups = spec.C / V.Count;
        int group = item % groups, pixel = item / groups;
        int ow = pixel % spec.OW, row = pixel / spec.OW;
        int oh = row % spec.OH, n = row / spec.OH;
        var source = x.As<V>();
        V sum = V.Broadcast(0f);
        for (int kh = 0; kh < spec.KH; kh++)
        {
            int at = ((((n * spec.H) + (oh * spec.Stride) + kh) * spec.W) + (ow * spec.Stride)) * groups;
            for (int kw = 0; kw < spec.KW; kw++) sum = V.Add(sum, source[at + (kw * groups) + group]);
        }

        y.As<V>()[item] = V.Multiply(V.Broadcast(1f / (spec.KH * spec.KW)), sum);
    }
}

/// <summary>
/// Each input pixel gathers from the windows that hold it. One work-item: one input pixel × one lane group of channels. Reference:
/// PoolingReference.Backward.
/// </summary>
/// <param name="dy">[N, OH, OW, C].</param>
/// <param name="dx">[N, H, W, C].</param>
/// <param name="spec">The geometry.</param>
public readonly struct AveragePool2DBackward(ArrayView<float> dy, ArrayView<float> dx, Pool2DSpec spec) : ILaneKernel
{
    /// <inheritdoc/>
    public void Execute<V>(int item)
        where V : unmanaged, ILanes<V>
    {
        int groups = spec.C / V.Count;
        int group = item % groups, pixel = item / groups;
        int iw = pixel % spec.W, row = pixel / spec.W;
        int ih = row % spec.H, n = row / spec.H;
        int firstRow = spec.FirstRow(ih), lastRow = spec.LastRow(ih);
        int firstColumn = spec.FirstColumn(iw), lastColumn = spec.LastColumn(iw);
        var gradient = dy.As<V>();
        V sum = V.Broadcast(0f);
        for (int oh = firstRow; oh <= lastRow; oh++)
        {
            for (int ow = firstColumn; ow <= lastColumn; ow++)
            {
                sum = V.Add(sum, gradient[((((n * spec.OH) + oh) * spec.OW) + ow) * groups + group]);
            }
        }

        dx.As<V>()[item] = V.Multiply(V.Broadcast(1f / (spec.KH * spec.KW)), sum);
    }
}
