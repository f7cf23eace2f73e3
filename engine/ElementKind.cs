namespace Idsnn.Engine;

/// <summary>How a tensor's elements are kept on the device.</summary>
public enum ElementKind
{
    /// <summary>float32.</summary>
    Full,

    /// <summary>bf16, the upper half of a float32.</summary>
    BFloat16,

    /// <summary>Spikes, or small sums of them, a byte each.</summary>
    Spikes,

    /// <summary>Spikes, a bit each; element i is bit i mod 8 of byte i / 8.</summary>
    SpikeBits,
}

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
