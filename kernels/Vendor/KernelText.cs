using System.Reflection;
using ILGPU.Backends;
using ILGPU.Backends.OpenCL;
using ILGPU.Backends.PTX;

namespace Idsnn.Kernels.Vendor;

/// <summary>The text that ILGPU writes for a device's own compiler.</summary>
internal static class KernelText
{
    /// <summary>Replaces it, before the kernel is loaded. The property has no setter.</summary>
    public static void Edit(CompiledKernel kernel, Func<string, string> edit)
    {
        string property = kernel switch
        {
            CLCompiledKernel => nameof(CLCompiledKernel.Source),
            PTXCompiledKernel => nameof(PTXCompiledKernel.PTXAssembly),
            _ => throw new NotSupportedException($"no text of a {kernel.GetType().Name} can be edited"),
        };
        var field = kernel.GetType().GetField($"<{property}>k__BackingField", BindingFlags.NonPublic | BindingFlags.Instance)!;
        field.SetValue(kernel, edit((string)field.GetValue(kernel)!));
    }
}
