namespace Idsnn.Kernels.Launch;

/// <summary>What multiplies matrices on a device.</summary>
public enum MatrixUnits
{
    /// <summary>Its ordinary arithmetic.</summary>
    None,

    /// <summary>NVIDIA's tensor cores, from sm_80 on.</summary>
    TensorCores,

    /// <summary>Their emulation on the CPU accelerator, for tests.</summary>
    Emulated,
}
