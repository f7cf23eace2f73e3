using System.Globalization;
using System.Reflection;
using System.Runtime.Intrinsics.X86;
using System.Text.RegularExpressions;
using ILGPU.Runtime.OpenCL;

namespace Idsnn.Engine;

/// <summary>What particular OpenCL drivers need before ILGPU accepts them, or to be fast.</summary>
internal static partial class OpenClQuirks
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
            if (PoclHeader.CanBeSkipped(device)) PoclHeader.Skip();
        }
    }

    /// <summary>Why ILGPU cannot use the device, or null where it can.</summary>
    public static string? Obstacle(CLDevice device) =>
        !device.Capabilities.GenericAddressSpace ? "its OpenCL driver offers no generic address space, which ILGPU needs"
        : IsPocl(device) ? PoclCache.Obstacle(PoclCache.Folder)
        : null;

    /// <summary>What becomes of the source that ILGPU writes for a kernel; null where the device is not an OpenCL one.</summary>
    public static Func<string, string>? SourceEdit(ILGPU.Runtime.Device device)
    {
        if (device is not CLDevice cl) return null;
        bool isPocl = IsPocl(cl), declares = isPocl && PoclHeader.CanBeSkipped(cl), widens = isPocl && Avx512F.IsSupported;
        return source =>
        {
            string text = Renumber(source);
            if (declares) text = PoclHeader.Declare(text);
            if (widens) text = Widen(text);
            return OpenClLanes.Edit(text, isPocl ? VectorLanes : 0);
        };
    }

    /// <summary>
    /// ILGPU numbers types and labels on and on. Numbered anew, a kernel's source is the same whatever was compiled before it, and
    /// drivers that keep what they compiled (PoCL does) find it again.
    /// </summary>
    internal static string Renumber(string source)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        return Numbered().Replace(source, name =>
        {
            numbers.TryAdd(name.Value, numbers.Count);
            return name.Groups[1].Value + numbers[name.Value].ToString(CultureInfo.InvariantCulture);
        });
    }

    /// <summary>
    /// PoCL on LLVM 14 takes any CPU with AVX-512 for a Skylake, which it tunes to 256-bit vectors: half of what others can do. Tuned as
    /// for a Haswell, the instructions stay AVX-512 and the vectors become 512 bits wide.
    /// </summary>
    private static string Widen(string source) =>
        source.Replace("kernel void", "__attribute__((target(\"tune=haswell\"))) kernel void", StringComparison.Ordinal);

    private static int VectorLanes => Avx512F.IsSupported ? 16 : Avx.IsSupported ? 8 : 4;

    private static bool IsPocl(CLDevice device) =>
        device.PlatformName.Contains("Portable Computing Language", StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(@"\b(type_|L_)\d+")]
    private static partial Regex Numbered();
}
