namespace Idsnn.Engine;

/// <summary>How one pass of a convolution is computed.</summary>
internal enum ConvolutionAlgorithm
{
    /// <summary>The sums as they are written, in register tiles.</summary>
    Direct,

    /// <summary>Winograd's F(2×2, 3×3): 16 products where the direct algorithm has 36.</summary>
    Winograd,

    /// <summary>A matrix product on tensor cores, or on their emulation.</summary>
    TensorCores,
}
