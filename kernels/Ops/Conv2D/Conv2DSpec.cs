namespace Idsnn.Kernels.Ops;

/// <summary>
/// The geometry of a 2-D convolution over NHWC images: x [N, H, W, Ci] with weight [KH, KW, Ci, Co] gives y [N, OH, OW, Co].
/// </summary>
/// <param name="N">Images (time folded into the batch).</param>
/// <param name="H">Input height.</param>
/// <param name="W">Input width.</param>
/// <param name="Ci">Input channels.</param>
/// <param name="Co">Output channels.</param>
/// <param name="KH">Kernel height.</param>
/// <param name="KW">Kernel width.</param>
/// <param name="Stride">Stride, both ways.</param>
/// <param name="Padding">Zero padding, all round.</param>
public readonly record struct Conv2DSpec(int N, int H, int W, int Ci, int Co, int KH, int KW, int Stride, int Padding) : ILaunchSpec
{
    /// <summary>Output height.</summary>
    public int OH => ((H + (2 * Padding) - KH) / Stride) + 1;

    /// <summary>Output width.</summary>
    public int OW => ((W + (2 * Padding) - KW) / Stride) + 1;

    /// <summary>Kernel positions.</summary>
    public int Taps => KH * KW;

    /// <summary>Multiplications and additions of the direct algorithm.</summary>
    public double Flops => 2.0 * N * OH * OW * Co * Ci * Taps;

    /// <inheritdoc/>
    public string Label => $"{Ci}→{Co} {KH}×{KW}/{Stride} @{H}×{W} ×{N}";
}
