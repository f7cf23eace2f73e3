using ILGPU;
using ILGPU.Runtime;

namespace Idsnn.Engine;

/// <summary>Memory that is only counted: what a rehearsal works on.</summary>
internal sealed class UnbackedMemory(Accelerator accelerator, long bytes) : MemoryBuffer(accelerator, bytes / sizeof(float), sizeof(float))
{
    protected override void MemSet(AcceleratorStream stream, byte value, in ArrayView<byte> targetView) => throw None();

    protected override void CopyFrom(AcceleratorStream stream, in ArrayView<byte> sourceView, in ArrayView<byte> targetView) =>
        throw None();

    protected override void CopyTo(AcceleratorStream stream, in ArrayView<byte> sourceView, in ArrayView<byte> targetView) => throw None();

    protected override void DisposeAcceleratorObject(bool disposing)
    {
    }

    private static InvalidOperationException None() => new("a rehearsal has no memory to copy");
}
