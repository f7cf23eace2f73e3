namespace Idsnn.Kernels.Ops;

/// <summary>The geometry of pooling over NHWC images, without padding.</summary>
/// <param name="N">Images.</param>
/// <param name="H">Input height.</param>
/// <param name="W">Input width.</param>
/// <param name="C">Channels.</param>
/// <param name="KH">Window height.</param>
/// <param name="KW">Window width.</param>
/// <param name="Stride">Stride, both ways.</param>
public readonly record struct Pool2DSpec(int N, int H, int W, int C, int KH, int KW, int Stride) : ILaunchSpec
{
    /// <summary>Output height.</summary>
    public int OH => ((H - KH) / Stride) + 1;

    /// <summary>Output width.</summary>
    public int OW => ((W - KW) / Stride) + 1;

    /// <summary>The first of the window rows that hold an input row.</summary>
    internal int FirstRow(int row) => Math.Max(0, (row - KH + Stride) / Stride);

    /// <summary>The last of them.</summary>
    internal int LastRow(int row) => Math.Min(OH - 1, row / Stride);

    /// <summary>The first of the window columns that hold an input column.</summary>
    internal int FirstColumn(int column) => Math.Max(0, (column - KW + Stride) / Stride);

    /// <summary>The last of them.</summary>
    internal int LastColumn(int column) => Math.Min(OW - 1, column / Stride);

    /// <inheritdoc/>
    public string Label => $"{C} {KH}×{KW}/{Stride} @{H}×{W} ×{N}";
}
