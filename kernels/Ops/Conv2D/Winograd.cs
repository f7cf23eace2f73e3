using ILGPU;

namespace Idsnn.Kernels.Ops;

/// <summary>
/// Winograd's minimal filtering F(2×2, 3×3) (Lavin and Gray 2016): a 2×2 block of outputs from a 4×4 window of inputs with 16 products
/// instead of 36. y = Aᵀ[(G g Gᵀ) ⊙ (Bᵀ d B)]A.
/// </summary>
public static class Winograd
{
    /// <summary>Products per window and channel pair.</summary>
    public const int Points = 16;

    /// <summary>Windows that one work-item of a convolution handles.</summary>
    public const int Windows = 8;

    /// <summary>Floats of scratch per thread, for <paramref name="ci"/> input channels.</summary>
    public static int ScratchFloats(int ci) => Points * Windows * (ci + 64);

    /// <summary>
    /// Lane groups from one group of channels to the next where windows lie together: an odd number, for rows at distances of powers of two
    /// share the places of a cache.
    /// </summary>
    public static int Pitch(int windows) => windows | 1;

    /// <summary>Lane groups from one point to the next there.</summary>
    public static int PointPitch(int windows, int groups) => (Pitch(windows) * groups) | 1;

    /// <summary>
    /// Multiplications and additions of the products, 16 where the direct algorithm has 36; the transforms' are not counted.
    /// </summary>
    public static double Flops(in Conv2DSpec spec) =>
        2.0 * Points * WindowsOf(spec) * spec.Ci * spec.Co;

    /// <summary>Windows of a convolution.</summary>
    public static int WindowsOf(in Conv2DSpec spec) => spec.N * ((spec.OH + 1) / 2) * ((spec.OW + 1) / 2);

    /// <summary>Work-items of a convolution.</summary>
    public static int Items(in Conv2DSpec spec) => (WindowsOf(spec) + Windows - 1) / Windows;

    /// <summary>
    /// The row (or column) of G g Gᵀ that row i becomes where g is turned by half a turn: the first and the last change places.
    /// </summary>
    internal static int Turned(int i) => i is 0 or 3 ? 3 - i : i;

    /// <summary>The upper entry of Aᵀ·m.</summary>
    internal static V Upper<V>(V m0, V m1, V m2)
        where V : unmanaged, ILanes<V> => V.Add(V.Add(m0, m1), m2);

    /// <summary>The lower entry of Aᵀ·m.</summary>
    internal static V Lower<V>(V m1, V m2, V m3)
        where V : unmanaged, ILanes<V> => V.Subtract(V.Subtract(m1, m2), m3);

    /// <summary>
    /// Bᵀ d B of lane group <paramref name="group"/> of the window whose upper left input is (top, left): point p to target[at + p·step].
    /// </summary>
    internal static void Transform<V, TImage>(
        TImage x, in Conv2DSpec spec, int n, int top, int left, int group, ArrayView<V> target, int at, int step)
        where V : unmanaged, ILanes<V>
        where TImage : struct, IImage
    {
        // Loops, not straight lines: a quarter of the code to compile. Rows of d·B first, then columns of Bᵀ·(d·B), in place.
        for (int row = 0, to = at; row < 4; row++, to += 4 * step)
        {
            int ih = top + row;
            V d0 = Load<V, TImage>(x, spec, n, ih, left, group), d1 = Load<V, TImage>(x, spec, n, ih, left + 1, group);
            V d2 = Load<V, TImage>(x, spec, n, ih, left + 2, group), d3 = Load<V, TImage>(x, spec, n, ih, left + 3, group);
            target[to] = V.Subtract(d0, d2);
            target[to + step] = V.Add(d1, d2);
            target[to + (2 * step)] = V.Subtract(d2, d1);
            target[to + (3 * step)] = V.Subtract(d1, d3);
        }

        for (int column = 0, to = at; column < 4; column++, to += step)
        {
            V d0 = target[to], d1 = target[to + (4 * step)], d2 = target[to + (8 * step)], d3 = target[to + (12 * step)];
            target[to] = V.Subtract(d0, d2);
            target[to + (4 * step)] = V.Add(d1, d2);
            target[to + (8 * step)] = V.Subtract(d2, d1);
            target[to + (12 * step)] = V.Subtract(d1, d3);
        }
    }

    private static V Load<V, TImage>(TImage x, in Conv2DSpec spec, int n, int ih, int iw, int group)
        where V : unmanaged, ILanes<V>
        where TImage : struct, IImage
    {
        bool inside = ih >= 0 && ih < spec.H && iw >= 0 && iw < spec.W;
        return inside ? x.Load<V>((((((n * spec.H) + ih) * spec.W) + iw) * spec.Ci) + (group * V.Count)) : V.Broadcast(0f);
    }
}

/// <summary>
/// Transforms 3×3 weights to panels [Co / lanes, 16, Ci, lanes] of G g Gᵀ. One work-item: one lane group × one input channel.
/// </summary>
/// <param name="weight">[3, 3, Ci, Co].</param>
/// <param name="panels">16/9 as many floats.</param>
/// <param name="ci">Input channels.</param>
/// <param name="co">Output channels.</param>
public readonly struct WinogradPack(ArrayView<float> weight, ArrayView<float> panels, int ci, int co) : ILaneKernel
{
    /// <inheritdoc/>
    public void Execute<V>(int item)
        where V : unmanaged, ILanes<V>
    {
        int groups = co / V.Count, group = item / ci, channel = item % ci;
        int at = (channel * groups) + group, step = ci * groups;
        var w = weight.As<V>();
        V g0 = w[at], g1 = w[at + step], g2 = w[at + (2 * step)];
        V g3 = w[at + (3 * step)], g4 = w[at + (4 * step)], g5 = w[at + (5 * step)];
        V g6 = w[at + (6 * step)], g7 = w[at + (7 * step)], g8 = w[at + (8 * step)];
        var target = panels.As<V>();
        int to = (group * Winograd.Points * ci) + channel;
        V half = V.Broadcast(0.5f);
        V e0 = V.Add(g0, g6), e1 = V.Add(g1, g7), e2 = V.Add(g2, g8);
        Row(target, to, ci, half, g0, g1, g2);
        Row(target, to + (4 * ci), ci, half, Half(half, e0, g3), Half(half, e1, g4), Half(half, e2, g5));
        Row(target, to + (8 * ci), ci, half, Rest(half, e0, g3), Rest(half, e1, g4), Rest(half, e2, g5));
        Row(target, to + (12 * ci), ci, half, g6, g7, g8);
    }

    /// <summary>One row of (G·g)·Gᵀ.</summary>
    private static void Row<V>(ArrayView<V> target, int at, int ci, V half, V c0, V c1, V c2)
        where V : unmanaged, ILanes<V>
    {
        V ends = V.Add(c0, c2);
        target[at] = c0;
        target[at + ci] = Half(half, ends, c1);
        target[at + (2 * ci)] = Rest(half, ends, c1);
        target[at + (3 * ci)] = c2;
    }

    private static V Half<V>(V half, V ends, V middle)
        where V : unmanaged, ILanes<V> => V.Multiply(half, V.Add(ends, middle));

    private static V Rest<V>(V half, V ends, V middle)
        where V : unmanaged, ILanes<V> => V.Multiply(half, V.Subtract(ends, middle));
}

/// <summary>
/// A 3×3 convolution of stride 1 by <see cref="Winograd"/>; with panels swapped and turned, also the input gradient. One work-item: eight
/// windows of 2×2 outputs, all output channels: it transforms the windows into its thread's scratch, multiplies point by point in
/// <see cref="PixelTile{V}"/> registers, and transforms back. Windows beyond the last are the last one again. Reference:
/// Conv2DReference.
/// </summary>
/// <typeparam name="TImage">Numbers or spikes.</typeparam>
/// <param name="x">[N, H, W, Ci].</param>
/// <param name="packed">As <see cref="WinogradPack"/> leaves it.</param>
/// <param name="bias">[Co]; zeros where there is none.</param>
/// <param name="scratch"><see cref="Winograd.ScratchFloats"/> for each thread.</param>
/// <param name="y">[N, OH, OW, Co].</param>
/// <param name="spec">The geometry: 3×3, stride 1.</param>
public readonly struct Conv2DWinograd<TImage>(
    TImage x, ArrayView<float> packed, ArrayView<float> bias, ArrayView<float> scratch, ArrayView<float> y, Conv2DSpec spec)
    : ILaneKernel, IMeasured
    where TImage : struct, IImage
{
    /// <inheritdoc/>
    public double Flops => Winograd.Flops(spec);

    /// <inheritdoc/>
    public double? Bytes => ((double)TImage.ElementBytes * spec.N * spec.H * spec.W * spec.Ci) + (4.0 * (packed.Length + y.Length));

    private const int Windows = Winograd.Windows;

    /// <inheritdoc/>
    public void Execute<V>(int item)
        where V : unmanaged, ILanes<V>
    {
        int rows = (spec.OH + 1) / 2, columns = (spec.OW + 1) / 2;
        int last = (spec.N * rows * columns) - 1;
        int origin = Grid.GlobalIndex.X * Winograd.ScratchFloats(spec.Ci);

        // A lane group more than a window has: channels are powers of two mostly, and rows at such distances share the places of a cache.
        int depth = spec.Ci / V.Count, pitch = depth + 1;
        int products = origin + (Winograd.Points * Windows * pitch * V.Count);
        for (int j = 0; j < Windows; j++)
        {
            int window = Math.Min((item * Windows) + j, last);
            int row = window / columns, n = row / rows;
            int top = ((row - (n * rows)) * 2) - spec.Padding, left = ((window - (row * columns)) * 2) - spec.Padding;
            for (int group = 0; group < depth; group++)
            {
                Winograd.Transform(
                    x, spec, n, top, left, group, scratch.As<V>(), (origin / V.Count) + (j * pitch) + group, Windows * pitch);
            }
        }

        int groups = spec.Co / V.Count;
        var weights = packed.As<V>();
        for (int group = 0; group < groups; group++)
        {
            for (int point = 0; point < Winograd.Points; point++)
            {
                for (int j = 0; j < Windows; j += PixelTile<V>.Rows)
                {
                    var tile = new PixelTile<V>(V.Broadcast(0f));
                    int row = (point * Windows) + j;
                    tile.Accumulate(
                        scratch,
                        origin + (row * pitch * V.Count),
                        pitch * V.Count,
                        weights,
                        ((group * Winograd.Points) + point) * spec.Ci,
                        spec.Ci);
                    tile.Store(scratch.As<V>(), (products / V.Count) + row);
                }
            }

            V shift = bias.As<V>()[group];
            for (int j = 0; j < Windows; j++)
            {
                int window = Math.Min((item * Windows) + j, last);
                int row = window / columns, n = row / rows;
                Restore(n, (row - (n * rows)) * 2, (window - (row * columns)) * 2, (products / V.Count) + j, group, groups, shift);
            }
        }
    }

    /// <summary>Aᵀ m A of one window and lane group, to the up to four outputs that are there.</summary>
    private void Restore<V>(int n, int oh, int ow, int from, int group, int groups, V shift)
        where V : unmanaged, ILanes<V>
    {
        var m = scratch.As<V>();
        V u0 = Upper(m, from, 0), u1 = Upper(m, from, 1), u2 = Upper(m, from, 2), u3 = Upper(m, from, 3);
        V l0 = Lower(m, from, 0), l1 = Lower(m, from, 1), l2 = Lower(m, from, 2), l3 = Lower(m, from, 3);
        var target = y.As<V>();
        int at = (((((n * spec.OH) + oh) * spec.OW) + ow) * groups) + group;
        int down = spec.OW * groups;
        bool right = ow + 1 < spec.OW, below = oh + 1 < spec.OH;
        target[at] = V.Add(shift, Winograd.Upper(u0, u1, u2));
        if (right) target[at + groups] = V.Add(shift, Winograd.Lower(u1, u2, u3));
        if (below) target[at + down] = V.Add(shift, Winograd.Upper(l0, l1, l2));
        if (right && below) target[at + down + groups] = V.Add(shift, Winograd.Lower(l1, l2, l3));
    }

    private static V Upper<V>(ArrayView<V> m, int from, int column)
        where V : unmanaged, ILanes<V> => Winograd.Upper(
            m[from + (column * Windows)], m[from + ((4 + column) * Windows)], m[from + ((8 + column) * Windows)]);

    private static V Lower<V>(ArrayView<V> m, int from, int column)
        where V : unmanaged, ILanes<V> => Winograd.Lower(
            m[from + ((4 + column) * Windows)], m[from + ((8 + column) * Windows)], m[from + ((12 + column) * Windows)]);
}
