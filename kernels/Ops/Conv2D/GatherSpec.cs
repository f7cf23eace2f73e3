namespace Idsnn.Kernels.Ops;

/// <summary>
/// A convolution as a matrix product whose left operand is gathered from an image: row (n, r, c) and tap (i, j) read pixel
/// (r·Scale + i·Direction + Top, c·Scale + j·Direction + Left) of image n, zero outside, and the row's result is pixel
/// (r·Step + FirstRow, c·Step + FirstColumn) of the output.
/// </summary>
/// <param name="N">Images.</param>
/// <param name="Rows">Rows of the grid of results.</param>
/// <param name="Columns">Columns of that grid.</param>
/// <param name="H">Height of the gathered image.</param>
/// <param name="W">Its width.</param>
/// <param name="Depth">Its channels, a multiple of 32.</param>
/// <param name="Outputs">Channels of the output, a multiple of 32.</param>
/// <param name="TapRows">Taps downwards.</param>
/// <param name="TapColumns">Taps across.</param>
/// <param name="Scale">Pixels per grid step.</param>
/// <param name="Direction">1 or −1.</param>
/// <param name="Top">Row of the first tap of the first grid row.</param>
/// <param name="Left">The same for columns.</param>
/// <param name="FirstTap">Tap of the packed weights under (0, 0).</param>
/// <param name="TapRowStep">Taps further per i.</param>
/// <param name="TapColumnStep">Taps further per j.</param>
/// <param name="OutputH">Height of the output.</param>
/// <param name="OutputW">Its width.</param>
/// <param name="FirstRow">Output row of grid row 0.</param>
/// <param name="FirstColumn">Output column of grid column 0.</param>
/// <param name="Step">Output pixels per grid step.</param>
public readonly record struct GatherSpec(
    int N, int Rows, int Columns, int H, int W, int Depth, int Outputs, int TapRows, int TapColumns, int Scale, int Direction, int Top,
    int Left, int FirstTap, int TapRowStep, int TapColumnStep, int OutputH, int OutputW, int FirstRow, int FirstColumn, int Step)
    : ILaunchSpec
{
    /// <summary>Rows of the product.</summary>
    public int Pixels => N * Rows * Columns;

    /// <summary>Multiplications and additions.</summary>
    public double Flops => 2.0 * Pixels * Outputs * Depth * TapRows * TapColumns;

    /// <inheritdoc/>
    public string Label => $"{Depth}→{Outputs} {TapRows}×{TapColumns} @{Rows}×{Columns} ×{N}";

    /// <summary>y from x.</summary>
    public static GatherSpec Forward(in Conv2DSpec s) => new(
        s.N, s.OH, s.OW, s.H, s.W, s.Ci, s.Co, s.KH, s.KW, s.Stride, 1, -s.Padding, -s.Padding, 0, s.KW, 1, s.OH, s.OW, 0, 0, 1);

    /// <summary>dX of one phase from dY: its pixels see the taps whose distance is a multiple of the stride.</summary>
    public static GatherSpec InputGradient(in Conv2DSpec s, in Phase phase)
    {
        int firstRow = (phase.H + s.Padding) % s.Stride, firstColumn = (phase.W + s.Padding) % s.Stride;
        return new GatherSpec(
            s.N, phase.Rows, phase.Columns, s.OH, s.OW, s.Co, s.Ci, Taps(s.KH, firstRow, s.Stride), Taps(s.KW, firstColumn, s.Stride), 1,
            -1,
            (phase.H + s.Padding - firstRow) / s.Stride, (phase.W + s.Padding - firstColumn) / s.Stride, (firstRow * s.KW) + firstColumn,
            s.Stride * s.KW, s.Stride, s.H, s.W, phase.H, phase.W, s.Stride);
    }

    private static int Taps(int kernel, int first, int stride) => first < kernel ? ((kernel - 1 - first) / stride) + 1 : 0;
}

/// <summary>One row of the gathered operand.</summary>
internal readonly struct GatherRow
{
    // A row so far up that no tap reaches the image.
    private const int Nowhere = -(1 << 20);

    private readonly int image, top, left;

    public GatherRow(int pixel, in GatherSpec spec)
    {
        int row = pixel / spec.Columns, n = row / spec.Rows;
        bool there = pixel < spec.Pixels;
        image = there ? n : 0;
        top = there ? ((row - (n * spec.Rows)) * spec.Scale) + spec.Top : Nowhere;
        left = ((pixel - (row * spec.Columns)) * spec.Scale) + spec.Left;
    }

    /// <summary>The pixel under tap (i, j), or a negative number outside the image.</summary>
    public int At(int i, int j, in GatherSpec spec)
    {
        int h = top + (i * spec.Direction), w = left + (j * spec.Direction);
        bool inside = h >= 0 && h < spec.H && w >= 0 && w < spec.W;
        return inside ? (((image * spec.H) + h) * spec.W) + w : -1;
    }
}
