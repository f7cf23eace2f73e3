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

    /// <inheritdoc/>
    public string Label => $"{C} {KH}×{KW}/{Stride} @{H}×{W} ×{N}";
}
