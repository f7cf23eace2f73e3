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
