using System.Reflection;
using System.Runtime.InteropServices;
using ILGPU;

namespace Idsnn.Engine;

/// <summary>
/// ILGPU asks the loader for "cuda" and "OpenCL"; on Linux only the versioned names exist unless development packages are installed.
/// </summary>
internal static class NativeLibraries
{
    private static readonly Lock Gate = new();
    private static bool installed;

    public static bool HasCuda => TryLoad("cuda", out _);

    public static bool HasOpenCl => TryLoad("OpenCL", out _);

    /// <summary>Installs the resolver; once per process, before the first ILGPU context.</summary>
    public static void Install()
    {
        lock (Gate)
        {
            if (installed) return;
            NativeLibrary.SetDllImportResolver(typeof(Context).Assembly, Resolve);
            NativeLibrary.SetDllImportResolver(typeof(NativeLibraries).Assembly, Resolve);
            installed = true;
        }
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) => TryLoad(name, out nint handle) ? handle : 0;

    private static bool TryLoad(string name, out nint handle)
    {
        handle = 0;
        string[] candidates = name switch
        {
            "cuda" => ["libcuda.so.1", "nvcuda"],
            "OpenCL" => ["libOpenCL.so.1", "OpenCL"],
            _ => [],
        };
        foreach (string candidate in candidates)
        {
            if (NativeLibrary.TryLoad(candidate, out handle)) return true;
        }

        return false;
    }
}
