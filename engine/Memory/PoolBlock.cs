using ILGPU;
using ILGPU.Runtime;

namespace Idsnn.Engine;

/// <summary>A block of device memory.</summary>
internal sealed class PoolBlock(MemoryBuffer buffer, PrivateMemory owner)
{
    public PrivateMemory Owner { get; } = owner;

    public MemoryBuffer Buffer { get; } = buffer;

    public ArrayView<float> Floats { get; } = buffer.AsArrayView<float>(0, buffer.LengthInBytes / sizeof(float));

    public long Bytes => Floats.Length * sizeof(float);
}
