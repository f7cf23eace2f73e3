using ILGPU;

namespace Idsnn.Kernels.Ops;

/// <summary>
/// Bᵀ d B of the 4×4 input windows of some images, for the weight gradient. One work-item: one window, all channels.
/// </summary>
/// <typeparam name="TImage">Numbers or spikes.</typeparam>
/// <param name="x">[N, H, W, Ci].</param>
/// <param name="v">
/// [16, Ci / lanes, windows, lanes], padded to <see cref="Winograd.Pitch"/>: what the products walk along lies together.
/// </param>
/// <param name="spec">The geometry; N is the number of images transformed.</param>
/// <param name="firstImage">The first of them.</param>
public readonly struct WinogradInput<TImage>(TImage x, ArrayView<float> v, Conv2DSpec spec, int firstImage)
    : ILaneKernel, IMeasured
    where TImage : struct, IImage
{
    /// <inheritdoc/>
    public double Flops => 0;

    /// <inheritdoc/>
    public double? Bytes =>
        ((double)TImage.ElementBytes * spec.N * spec.H * spec.W * spec.Ci) + (4.0 * Winograd.Points * Winograd.WindowsOf(spec) * spec.Ci);

    /// <inheritdoc/>
    public void Execute<V>(int item)
        where V : unmanaged, ILanes<V>
    {
        int rows = (spec.OH + 1) / 2, columns = (spec.OW + 1) / 2;
        int row = item / columns, n = row / rows, groups = spec.Ci / V.Count;
        int top = ((row - (n * rows)) * 2) - spec.Padding, left = ((item - (row * columns)) * 2) - spec.Padding;
        int windows = spec.N * rows * columns, pitch = Winograd.Pitch(windows), step = Winograd.PointPitch(windows, groups);
        for (int group = 0; group < groups; group++)
        {
            Winograd.Transform(x, spec, firstImage + n, top, left, group, v.As<V>(), (group * pitch) + item, step);
        }
    }
}

/// <summary>
/// A dY Aᵀ of the 2×2 output blocks of some images. One work-item: one block, all channels; outputs that are not there are 0.
/// </summary>
/// <param name="dy">[N, OH, OW, Co].</param>
/// <param name="g">[16, Co / lanes, windows, lanes], padded.</param>
/// <param name="spec">The geometry; N is the number of images transformed.</param>
/// <param name="firstImage">The first of them.</param>
public readonly struct WinogradOutputGradient(ArrayView<float> dy, ArrayView<float> g, Conv2DSpec spec, int firstImage)
    : ILaneKernel, IMeasured
{
    /// <inheritdoc/>
    public double Flops => 0;

    /// <inheritdoc/>
    public double? Bytes => 4.0 * spec.Co * (((double)spec.N * spec.OH * spec.OW) + (Winograd.Points * Winograd.WindowsOf(spec)));

    /// <inheritdoc/>
    public void Execute<V>(int item)
        where V : unmanaged, ILanes<V>
    {
        int rows = (spec.OH + 1) / 2, columns = (spec.OW + 1) / 2;
        int row = item / columns, n = row / rows, groups = spec.Co / V.Count;
        int oh = (row - (n * rows)) * 2, ow = (item - (row * columns)) * 2;
        int windows = spec.N * rows * columns, pitch = Winograd.Pitch(windows), step = Winograd.PointPitch(windows, groups);
        int from = (((((firstImage + n) * spec.OH) + oh) * spec.OW) + ow) * groups;
        bool right = ow + 1 < spec.OW, below = oh + 1 < spec.OH;
        var source = dy.As<V>();
        var target = g.As<V>();
        V zero = V.Broadcast(0f);
        for (int group = 0; group < groups; group++)
        {
            V d00 = source[from + group];
            V d01 = right ? source[from + groups + group] : zero;
            V d10 = below ? source[from + (spec.OW * groups) + group] : zero;
            V d11 = right && below ? source[from + (spec.OW * groups) + groups + group] : zero;
            int at = (group * pitch) + item;
            Row(target, at, step, d00, d01);
            Row(target, at + (4 * step), step, V.Add(d00, d10), V.Add(d01, d11));
            Row(target, at + (8 * step), step, V.Subtract(d00, d10), V.Subtract(d01, d11));
            Row(target, at + (12 * step), step, V.Subtract(zero, d10), V.Subtract(zero, d11));
        }
    }

    private static void Row<V>(ArrayView<V> target, int at, int step, V left, V right)
        where V : unmanaged, ILanes<V>
    {
        target[at] = left;
        target[at + step] = V.Add(left, right);
        target[at + (2 * step)] = V.Subtract(left, right);
        target[at + (3 * step)] = V.Subtract(V.Broadcast(0f), right);
    }
}

/// <summary>
/// sums += Σ over windows of v ⊗ g, point by point. One work-item: one point × <see cref="Channels"/> input channels × one lane group of
/// output channels.
/// </summary>
/// <param name="v">[16, Ci / lanes, windows, lanes], padded; Ci a multiple of eight.</param>
/// <param name="g">[16, Co / lanes, windows, lanes], padded.</param>
/// <param name="sums">[16, Ci, Co].</param>
/// <param name="windows">Windows.</param>
/// <param name="ci">Input channels.</param>
/// <param name="co">Output channels.</param>
/// <param name="first">Whether the sums start from zero.</param>
public readonly struct WinogradProducts(
    ArrayView<float> v, ArrayView<float> g, ArrayView<float> sums, int windows, int ci, int co, Flag first)
    : ILaneKernel, IMeasured
{
    /// <inheritdoc/>
    public double Flops => 2.0 * Winograd.Points * windows * ci * co;

    /// <summary>Input channels of one work-item at most: a cache line of them, loaded once.</summary>
    public const int Channels = 16;

    /// <summary>
    /// Windows between loads and stores of the sums: what all channels of a work-item read of them stays in a first cache.
    /// </summary>
    private const int Stretch = 128;

    /// <inheritdoc/>
    public double? Bytes => 4.0 * Winograd.Points * ((windows * ((double)ci + co)) + ((first ? 1 : 2) * (double)ci * co));

    /// <inheritdoc/>
    public void Execute<V>(int item)
        where V : unmanaged, ILanes<V>
    {
        int groups = co / V.Count, blocks = (ci + Channels - 1) / Channels;
        int group = item % groups, rest = item / groups;
        int point = rest / blocks, channel = (rest - (point * blocks)) * Channels;
        int lastChannel = Math.Min(channel + Channels, ci);
        for (int window = 0; window < windows; window += Stretch)
        {
            for (int c = channel; c < lastChannel; c += V.TileRows) Add<V>(point, c, group, window, Math.Min(window + Stretch, windows));
        }
    }

    /// <summary>
    /// One stretch of windows in a register tile: as many input channels as it has rows, from <paramref name="channel"/> on.
    /// </summary>
    private void Add<V>(int point, int channel, int group, int window, int end)
        where V : unmanaged, ILanes<V>
    {
        int groups = co / V.Count;
        var gradient = g.As<V>();
        var to = sums.As<V>();
        int row = (((point * ci) + channel) * groups) + group;
        V s0 = V.Broadcast(0f), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
        if (!first || window > 0)
        {
            s0 = to[row];
            s1 = to[row + groups];
            s2 = to[row + (2 * groups)];
            s3 = to[row + (3 * groups)];
            if (V.TileRows == 8)
            {
                s4 = to[row + (4 * groups)];
                s5 = to[row + (5 * groups)];
                s6 = to[row + (6 * groups)];
                s7 = to[row + (7 * groups)];
            }
        }

        int pitch = Winograd.Pitch(windows), from = (point * Winograd.PointPitch(windows, groups)) + (group * pitch) + window;
        int at = (point * Winograd.PointPitch(windows, ci / V.Count)) + (channel / V.Count * pitch) + window;
        at = (at * V.Count) + (channel % V.Count);
        for (; window < end; window++)
        {
            V d = gradient[from];
            s0 = V.MultiplyAdd(v[at], d, s0);
            s1 = V.MultiplyAdd(v[at + 1], d, s1);
            s2 = V.MultiplyAdd(v[at + 2], d, s2);
            s3 = V.MultiplyAdd(v[at + 3], d, s3);
            if (V.TileRows == 8)
            {
                s4 = V.MultiplyAdd(v[at + 4], d, s4);
                s5 = V.MultiplyAdd(v[at + 5], d, s5);
                s6 = V.MultiplyAdd(v[at + 6], d, s6);
                s7 = V.MultiplyAdd(v[at + 7], d, s7);
            }

            at += V.Count;
            from++;
        }

        to[row] = s0;
        to[row + groups] = s1;
        to[row + (2 * groups)] = s2;
        to[row + (3 * groups)] = s3;
        if (V.TileRows == 4) return;
        to[row + (4 * groups)] = s4;
        to[row + (5 * groups)] = s5;
        to[row + (6 * groups)] = s6;
        to[row + (7 * groups)] = s7;
    }
}

/// <summary>dW [3, 3, Ci, Co] = Gᵀ · sums · G. One work-item: one input channel × one lane group of output channels.</summary>
/// <param name="sums">[16, Ci, Co].</param>
/// <param name="dw">[3, 3, Ci, Co].</param>
/// <param name="ci">Input channels.</param>
/// <param name="co">Output channels.</param>
public readonly struct WinogradWeightRestore(ArrayView<float> sums, ArrayView<float> dw, int ci, int co) : ILaneKernel
{
    /// <inheritdoc/>
    public void Execute<V>(int item)
        where V : unmanaged, ILanes<V>
    {
        int step = ci * (co / V.Count);
        var u = sums.As<V>();
        var target = dw.As<V>();
        V half = V.Broadcast(0.5f);
        for (int row = 0; row < 3; row++)
        {
            V c0 = Column(u, row, item, step, half), c1 = Column(u, row, item + step, step, half);
            V c2 = Column(u, row, item + (2 * step), step, half), c3 = Column(u, row, item + (3 * step), step, half);
            V even = V.Multiply(half, V.Add(c1, c2));
            int to = (row * 3 * step) + item;
            target[to] = V.Add(c0, even);
            target[to + step] = V.Multiply(half, V.Subtract(c1, c2));
            target[to + (2 * step)] = V.Add(even, c3);
        }
    }

    /// <summary>Row `row` of Gᵀ·u, of the column that starts at <paramref name="at"/>.</summary>
    private static V Column<V>(ArrayView<V> u, int row, int at, int step, V half)
        where V : unmanaged, ILanes<V>
    {
        V u1 = u[at + (4 * step)], u2 = u[at + (8 * step)];
        if (row == 1) return V.Multiply(half, V.Subtract(u1, u2));
        return V.Add(u[at + (row == 0 ? 0 : 12 * step)], V.Multiply(half, V.Add(u1, u2)));
    }
}
