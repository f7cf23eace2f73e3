using ILGPU;

namespace Idsnn.Kernels.Ops;

/// <summary>Window maxima of numbers. One work-item: one output element. Reference: PoolingReference.ForwardMax.</summary>
/// <param name="x">[N, H, W, C].</param>
/// <param name="y">[N, OH, OW, C].</param>
/// <param name="spec">The geometry.</param>
public readonly struct MaxPool2DForward(FloatImage x, ArrayView<float> y, Pool2DSpec spec) : IKernel
{
    /// <inheritdoc/>
    public void Execute(int item) => y[item] = MaxPool2D.Largest(x, spec, item);
}

/// <summary>The same of spikes in bytes. One work-item: one output element.</summary>
/// <param name="x">[N, H, W, C].</param>
/// <param name="y">[N, OH, OW, C].</param>
/// <param name="spec">The geometry.</param>
public readonly struct MaxPool2DSpikes(SpikeImage x, ArrayView<byte> y, Pool2DSpec spec) : IKernel
{
    /// <inheritdoc/>
    public void Execute(int item) => y[item] = (byte)MaxPool2D.Largest(x, spec, item);
}

/// <summary>
/// Each input element gathers the gradients of the windows of which it is the largest, the first of equals in the order of rows, as PyTorch
/// has it. One work-item: one input element. Reference: PoolingReference.BackwardMax.
/// </summary>
/// <typeparam name="TImage">Numbers or spikes.</typeparam>
/// <param name="x">[N, H, W, C].</param>
/// <param name="dy">[N, OH, OW, C].</param>
/// <param name="dx">[N, H, W, C].</param>
/// <param name="spec">The geometry.</param>
public readonly struct MaxPool2DBackward<TImage>(TImage x, ArrayView<float> dy, ArrayView<float> dx, Pool2DSpec spec) : IKernel
    where TImage : struct, IImage
{
    /// <inheritdoc/>
    public void Execute(int item)
    {
        int c = item % spec.C, pixel = item / spec.C;
        int iw = pixel % spec.W, row = pixel / spec.W;
        int ih = row % spec.H, n = row / spec.H;
        int firstRow = spec.FirstRow(ih), lastRow = spec.LastRow(ih);
        int firstColumn = spec.FirstColumn(iw), lastColumn = spec.LastColumn(iw);
        float value = x.Load<F1>(item).Value, sum = 0f;
        for (int oh = firstRow; oh <= lastRow; oh++)
        {
            for (int ow = firstColumn; ow <= lastColumn; ow++)
            {
                int window = (((((n * spec.OH) + oh) * spec.OW) + ow) * spec.C) + c;
                if (IsFirst(value, ((ih - (oh * spec.Stride)) * spec.KW) + iw - (ow * spec.Stride), window)) sum += dy[window];
            }
        }

        dx[item] = sum;
    }

    /// <summary>
    /// Whether the element at a place of a window is larger than those before it and at least as large as those after it.
    /// </summary>
    private bool IsFirst(float value, int place, int window)
    {
        int corner = MaxPool2D.Corner(spec, window);
        for (int other = 0; other < spec.KH * spec.KW; other++)
        {
            float rival = x.Load<F1>(corner + ((((other / spec.KW) * spec.W) + (other % spec.KW)) * spec.C)).Value;
            if (rival > value || (rival == value && other < place)) return false;
        }

        return true;
    }
}

/// <summary>What the kernels of max-pooling share.</summary>
internal static class MaxPool2D
{
    /// <summary>Where the window of an output element begins in the input.</summary>
    public static int Corner(Pool2DSpec spec, int output)
    {
        int c = output % spec.C, pixel = output / spec.C;
        int ow = pixel % spec.OW, row = pixel / spec.OW;
        int oh = row % spec.OH, n = row / spec.OH;
        return (((((n * spec.H) + (oh * spec.Stride)) * spec.W) + (ow * spec.Stride)) * spec.C) + c;
    }

    /// <summary>The largest element of an output's window; not-a-number where one is.</summary>
    public static float Largest<TImage>(TImage x, Pool2DSpec spec, int output)
        where TImage : struct, IImage
    {
        int corner = Corner(spec, output);
        float largest = x.Load<F1>(corner).Value;
        for (int kh = 0; kh < spec.KH; kh++)
        {
            for (int kw = 0; kw < spec.KW; kw++)
            {
                float value = x.Load<F1>(corner + (((kh * spec.W) + kw) * spec.C)).Value;
                if (value > largest || float.IsNaN(value)) largest = value;
            }
        }

        return largest;
    }
}
