namespace Idsnn.Engine;

/// <summary>What arithmetic a device trains with. Parameters, statistics and sums are float32 in each.</summary>
public enum Precision
{
    /// <summary>float32 throughout.</summary>
    Full,

    /// <summary>The same, but the operands of products on tensor cores are rounded to tf32.</summary>
    Tf32,

    /// <summary>Activations and their gradients in bf16, spikes in bits, products on tensor cores.</summary>
    BFloat16,
}
