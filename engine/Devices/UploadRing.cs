using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace Idsnn.Engine;

/// <summary>
/// Copies to a GPU that the host does not wait for: the elements go to page-locked memory first, and the device fetches them when its
/// stream comes to it. On the stream of the kernels, since the target's memory may still be in use by what is queued before; what a second
/// stream could hide beyond that is the transfer itself, a hundredth of a step.
/// </summary>
/// <param name="stream">The stream of the kernels.</param>
internal sealed partial class UploadRing(CudaStream stream) : IDisposable
{
    private const uint WithoutTiming = 2;

    private readonly Slot[] slots = [new(), new(), new(), new(), new(), new(), new(), new()];
    private int next;

    /// <summary>Queues a copy; the source may change as soon as this returns.</summary>
    public unsafe void Copy<T>(ArrayView<T> target, ReadOnlySpan<T> source)
        where T : unmanaged
    {
        using var binding = stream.Accelerator.BindScoped();
        var slot = slots[next];
        next = (next + 1) % slots.Length;
        if (slot.Event == 0) Check(CreateEvent(out slot.Event, WithoutTiming));
        else Check(WaitForEvent(slot.Event));
        var bytes = MemoryMarshal.AsBytes(source);
        if (slot.Memory is null || slot.Memory.Length < bytes.Length)
        {
            slot.Memory?.Dispose();
            slot.Memory = stream.Accelerator.AllocatePageLocked1D<byte>(bytes.Length);
        }

        bytes.CopyTo(slot.Memory.Span);
        fixed (byte* locked = slot.Memory.Span)
        {
            target.CopyFromCPUUnsafeAsync(stream, ref *(T*)locked, source.Length);
        }

        Check(RecordEvent(slot.Event, stream.StreamPtr));
    }

    public void Dispose()
    {
        using var binding = stream.Accelerator.BindScoped();
        foreach (var slot in slots)
        {
            if (slot.Event != 0) Check(DestroyEvent(slot.Event));
            slot.Memory?.Dispose();
        }
    }

    private static void Check(int code) => CudaException.ThrowIfFailed((CudaError)code);

    [LibraryImport("cuda", EntryPoint = "cuEventCreate")]
    private static partial int CreateEvent(out nint created, uint flags);

    [LibraryImport("cuda", EntryPoint = "cuEventRecord")]
    private static partial int RecordEvent(nint recorded, nint stream);

    [LibraryImport("cuda", EntryPoint = "cuEventSynchronize")]
    private static partial int WaitForEvent(nint awaited);

    [LibraryImport("cuda", EntryPoint = "cuEventDestroy_v2")]
    private static partial int DestroyEvent(nint destroyed);

    /// <summary>Memory whose last copy is done when its event has come.</summary>
    private sealed class Slot
    {
        public nint Event;
        public PageLockedArray1D<byte>? Memory;
    }
}
