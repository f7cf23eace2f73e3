using System.Runtime.InteropServices;
using ILGPU.Runtime;
using ILGPU.Runtime.OpenCL;

namespace Idsnn.Engine;

/// <summary>
/// Large pages for memory that an OpenCL driver for CPUs takes from the host: fewer faults when it is first written, fewer misses of
/// the processor's page table later. Linux gives them to those who ask (transparent_hugepage at its default, madvise).
/// </summary>
internal static partial class HugePages
{
    /// <summary>Memory of fewer bytes than two large pages may hold none.</summary>
    private const long Least = 4 << 20;

    private const int MadviseHugePage = 14;

    private const ulong MapRead = 1;

    /// <summary>Asks for them; where there are none nothing changes.</summary>
    public static void AskFor(Accelerator accelerator, MemoryBuffer buffer)
    {
        long bytes = buffer.LengthInBytes;
        bool isHosts = accelerator is CLAccelerator { DeviceType: CLDeviceType.CL_DEVICE_TYPE_CPU };
        if (!isHosts || !OperatingSystem.IsLinux() || bytes < Least) return;

        // Mapping tells the address. Nothing is read there, and the default stream's queue is used by nobody, so nothing is waited for.
        nint queue = ((CLStream)accelerator.DefaultStream).CommandQueue;
        nint address = Map(queue, buffer.NativePtr, 0, MapRead, 0, (nint)bytes, 0, 0, 0, out int error);
        if (error != 0) return;
        nint page = Environment.SystemPageSize, first = (address + page - 1) / page * page;
        _ = Advise(first, address + (nint)bytes - first, MadviseHugePage);
        _ = Unmap(queue, buffer.NativePtr, address, 0, 0, 0);
    }

    [LibraryImport("OpenCL", EntryPoint = "clEnqueueMapBuffer")]
    private static partial nint Map(
        nint queue, nint buffer, uint blocking, ulong flags, nint offset, nint bytes, uint waits, nint waitFor, nint done, out int error);

    [LibraryImport("OpenCL", EntryPoint = "clEnqueueUnmapMemObject")]
    private static partial int Unmap(nint queue, nint buffer, nint address, uint waits, nint waitFor, nint done);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nint bytes, int advice);
}
