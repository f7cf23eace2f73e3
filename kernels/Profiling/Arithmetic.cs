namespace Idsnn.Kernels.Profiling;

/// <summary>What does a kernel's arithmetic, and so which of the device's peaks it is set beside.</summary>
public enum Arithmetic
{
    /// <summary>Multiply-adds of float32.</summary>
    MultiplyAdd,

    /// <summary>Tensor cores on bf16.</summary>
    BFloat16,

    /// <summary>Tensor cores on tf32.</summary>
    Tf32,
}
