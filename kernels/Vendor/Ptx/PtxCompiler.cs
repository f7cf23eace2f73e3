using ILGPU;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.Runtime.Cuda;

namespace Idsnn.Kernels.Vendor;

/// <summary>Compiles kernels to the PTX that a GPU would get, without one.</summary>
/// <param name="context">A context with <see cref="LaneIntrinsics"/>, optimising as for CUDA.</param>
public sealed class PtxCompiler(Context context) : IDisposable
{
    // ISA 7.8 is the newest that CUDA 11.8's ptxas reads; sm_80 is what ILGPU writes for every newer GPU as well.
    private readonly PTXBackend backend = new(
        context, new CudaCapabilityContext(CudaArchitecture.SM_80), CudaArchitecture.SM_80, CudaInstructionSet.ISA_78, null);

    /// <summary>The PTX of one kernel, as it is loaded.</summary>
    public string Compile(KernelVariant kernel) => PtxText.Edit(Translate(kernel));

    /// <summary>The same as ILGPU writes it.</summary>
    internal string Translate(KernelVariant kernel)
    {
        var entry = EntryPointDescription.FromExplicitlyGroupedKernel(Launcher.EntryOf(kernel));
        return ((PTXCompiledKernel)backend.Compile(entry, default)).PTXAssembly;
    }

    /// <inheritdoc/>
    public void Dispose() => backend.Dispose();
}
