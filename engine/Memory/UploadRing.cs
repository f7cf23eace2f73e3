using System.Numerics;
using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace Idsnn.Engine;

/// <summary>
/// Copies to a GPU that the host does not wait for, and that run while the kernels queued before are still at work: from page-locked memory
/// to the ring's own device memory on a stream of their own, and from there to the target once the kernels' stream comes to it, since the
/// target's memory may be in use until then. That second copy is within the device and takes microseconds.
/// </summary>
/// <param name="kernels">The stream of the kernels.</param>
internal sealed partial class UploadRing(CudaStream kernels) : IDisposable
{
    /// <summary>Longer copies go through several slots, which bounds the ring's memory.</summary>
    private const int SlotBytes = 4 << 20;

    private const uint WithoutTiming = 2;

    private readonly CudaStream copies = (CudaStream)kernels.Accelerator.CreateStream();
    private readonly Slot[] slots = [new(), new(), new(), new(), new(), new(), new(), new()];
    private int next;

    /// <summary>Queues a copy; the source may change as soon as this returns.</summary>
    public void Copy<T>(ArrayView<T> target, ReadOnlySpan<T> source)
        where T : unmanaged
    {
        using var binding = kernels.Accelerator.BindScoped();
        var from = MemoryMarshal.AsBytes(source);
        var to = target.Cast<byte>();
        for (int start = 0; start < from.Length; start += SlotBytes)
        {
            int length = Math.Min(SlotBytes, from.Length - start);
            CopyPart(to.SubView(start, length), from.Slice(start, length));
        }
    }

    public void Dispose()
    {
        using var binding = kernels.Accelerator.BindScoped();
        foreach (var slot in slots)
        {
            if (slot.Copied != 0) Check(DestroyEvent(slot.Copied));
            if (slot.Taken != 0) Check(DestroyEvent(slot.Taken));
            slot.Locked?.Dispose();
            slot.Staging?.Dispose();
        }

        copies.Dispose();
    }

    private unsafe void CopyPart(ArrayView<byte> target, ReadOnlySpan<byte> source)
    {
        var slot = slots[next];
        next = (next + 1) % slots.Length;
        Reserve(slot, source.Length);

        // The host overwrites page-locked memory once its last copy is done, and the copy stream staged bytes once they were taken.
        Check(WaitForEvent(slot.Copied));
        source.CopyTo(slot.Locked!.Span);
        Check(StreamWaitsFor(copies.StreamPtr, slot.Taken, 0));
        var staged = slot.Staging!.View.BaseView.SubView(0, source.Length);
        fixed (byte* locked = slot.Locked.Span)
        {
            staged.CopyFromCPUUnsafeAsync(copies, ref *locked, source.Length);
        }

        Check(RecordEvent(slot.Copied, copies.StreamPtr));
        Check(StreamWaitsFor(kernels.StreamPtr, slot.Copied, 0));
        staged.CopyTo(kernels, target);
        Check(RecordEvent(slot.Taken, kernels.StreamPtr));
    }

    /// <summary>Events, which count as come until they are first recorded, and room for so many bytes.</summary>
    private void Reserve(Slot slot, int bytes)
    {
        if (slot.Copied == 0) Check(CreateEvent(out slot.Copied, WithoutTiming));
        if (slot.Taken == 0) Check(CreateEvent(out slot.Taken, WithoutTiming));
        if (slot.Locked?.Length >= bytes) return;
        Check(WaitForEvent(slot.Taken));
        slot.Locked?.Dispose();
        slot.Staging?.Dispose();
        int size = (int)BitOperations.RoundUpToPowerOf2((uint)bytes);
        slot.Locked = kernels.Accelerator.AllocatePageLocked1D<byte>(size);
        slot.Staging = kernels.Accelerator.Allocate1D<byte>(size);
    }

    private static void Check(int code) => CudaException.ThrowIfFailed((CudaError)code);

    [LibraryImport("cuda", EntryPoint = "cuEventCreate")]
    private static partial int CreateEvent(out nint created, uint flags);

    [LibraryImport("cuda", EntryPoint = "cuEventRecord")]
    private static partial int RecordEvent(nint recorded, nint stream);

    [LibraryImport("cuda", EntryPoint = "cuEventSynchronize")]
    private static partial int WaitForEvent(nint awaited);

    [LibraryImport("cuda", EntryPoint = "cuStreamWaitEvent")]
    private static partial int StreamWaitsFor(nint stream, nint awaited, uint flags);

    [LibraryImport("cuda", EntryPoint = "cuEventDestroy_v2")]
    private static partial int DestroyEvent(nint destroyed);

    private sealed class Slot
    {
        /// <summary>The last copy from <see cref="Locked"/> is done.</summary>
        public nint Copied;

        /// <summary>What was in <see cref="Staging"/> lies in its target.</summary>
        public nint Taken;

        public PageLockedArray1D<byte>? Locked;
        public MemoryBuffer1D<byte, Stride1D.Dense>? Staging;
    }
}
