using System.Reflection;
using ILGPU.Runtime.OpenCL;

namespace Idsnn.Engine;

/// <summary>What particular OpenCL drivers need before ILGPU accepts them.</summary>
internal static class OpenClQuirks
{
    /// <summary>
    /// PoCL before version 4 reports no generic address space, which ILGPU demands, although it compiles what our kernels need of it
    /// (they use no atomics, no shuffles and no barriers). The capability's setter is not public.
    /// </summary>
    public static void Apply(CLDevice device)
    {
        if (device.PlatformName.Contains("Portable Computing Language", StringComparison.OrdinalIgnoreCase))
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
}
