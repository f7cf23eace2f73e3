namespace Idsnn.Engine;

/// <summary>The kinds of device, in the order in which "auto" prefers them.</summary>
public enum DeviceKind
{
    /// <summary>An NVIDIA GPU through CUDA.</summary>
    Cuda,

    /// <summary>A GPU through OpenCL.</summary>
    OpenClGpu,

    /// <summary>A CPU through OpenCL (PoCL, Intel).</summary>
    OpenClCpu,

    /// <summary>ILGPU's CPU accelerator: .NET code, no driver.</summary>
    Cpu,
}
