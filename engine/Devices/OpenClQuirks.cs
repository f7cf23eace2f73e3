using System.Reflection;
using System.Runtime.Intrinsics.X86;
using ILGPU.Runtime.OpenCL;

namespace Idsnn.Engine;

/// <summary>What particular OpenCL drivers need before ILGPU accepts them, or to be fast.</summary>
internal static class OpenClQuirks
{
    /// <summary>
    /// PoCL before version 4 reports no generic address space, which ILGPU demands, although it compiles what our kernels need of it
    /// (they use no atomics, no shuffles and no barriers). The capability's setter is not public.
    /// </summary>
    public static void Apply(CLDevice device)
    {
        if (IsPocl(device))
        {
            typeof(CLCapabilityContext)
                .GetProperty(nameof(CLCapabilityContext.GenericAddressSpace), BindingFlags.Public | BindingFlags.Instance)!
                .GetSetMethod(nonPublic: true)!
                .Invoke(device.Capabilities, [true]);
        }
    }

    /// <summary>Why ILGPU cannot use the device, or null where it can.</summary>
    public static string? Obstacle(CLDevice device) =>
        device.Capabilities.GenericAddressSpace ? null : "its OpenCL driver offers no generic address space, which ILGPU needs";

    /// <summary>
    /// PoCL on LLVM 14 takes any CPU with AVX-512 for a Skylake, which it tunes to 256-bit vectors: half of what others can do. Tuned as
    /// for a Haswell, the instructions stay AVX-512 and the vectors become 512 bits wide.
    /// </summary>
    /// <returns>Changes a kernel's source; null where nothing needs to change.</returns>
    public static Func<string, string>? SourceEdit(ILGPU.Runtime.Device device) =>
        device is CLDevice cl && IsPocl(cl) && Avx512F.IsSupported
            ? source => source.Replace("kernel void", "__attribute__((target(\"tune=haswell\"))) kernel void", StringComparison.Ordinal)
            : null;

    private static bool IsPocl(CLDevice device) =>
        device.PlatformName.Contains("Portable Computing Language", StringComparison.OrdinalIgnoreCase);
}
