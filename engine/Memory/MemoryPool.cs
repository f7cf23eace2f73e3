using System.Numerics;
using ILGPU.Runtime;

namespace Idsnn.Engine;

/// <summary>
/// A caching allocator: blocks go back to a free list of their size class and are handed out again, so that a steady training step
/// allocates nothing. Since all work is on one stream, a returned block may be handed out at once.
/// </summary>
public sealed class MemoryPool : IDisposable
{
    /// <summary>Blocks are multiples of this many floats (256 bytes), so that kernels over lanes may run past a tensor's end.</summary>
    internal const int Granule = 64;

    private readonly Func<long, MemoryBuffer> allocate;
    private readonly Action settle;
    private readonly ExclusiveUse use;
    private readonly PrivateMemory common = new();
    private PrivateMemory current;

    /// <param name="allocate">Takes so many bytes from the device.</param>
    /// <param name="settle">Waits until nothing that was launched still has to reach the device.</param>
    /// <param name="use">Refuses other threads while one uses the device.</param>
    internal MemoryPool(Func<long, MemoryBuffer> allocate, Action settle, ExclusiveUse use)
    {
        this.use = use;
        this.allocate = allocate;
        this.settle = settle;
        current = common;
    }

    /// <summary>Bytes in tensors now.</summary>
    public long InUseBytes { get; private set; }

    /// <summary>The largest <see cref="InUseBytes"/> since <see cref="ResetPeak"/>.</summary>
    public long PeakBytes { get; private set; }

    /// <summary>Bytes taken from the device: in tensors or in free lists.</summary>
    public long ReservedBytes { get; private set; }

    /// <summary>Device allocations so far.</summary>
    public long Allocations { get; private set; }

    /// <summary>Starts measuring the peak anew.</summary>
    public void ResetPeak() => PeakBytes = InUseBytes;

    /// <summary>Gives cached free blocks back to the device.</summary>
    public void Trim() => Release(common);

    /// <summary>
    /// Rents from the memory that all share until the returned value is disposed: for what is made within work that has a memory of its own
    /// but outlives it.
    /// </summary>
    internal IDisposable UseCommon() => Use(common);

    /// <summary>Rents from (and for) <paramref name="memory"/> alone until the returned value is disposed.</summary>
    internal IDisposable Use(PrivateMemory memory)
    {
        var region = new Region(this, current);
        current = memory;
        return region;
    }

    /// <summary>Gives the free blocks of some memory back to the device.</summary>
    internal void Release(PrivateMemory memory)
    {
        settle();
        foreach (var block in memory.Free.Values.SelectMany(stack => stack))
        {
            ReservedBytes -= block.Bytes;
            block.Buffer.Dispose();
        }

        memory.Free.Clear();
    }

    /// <inheritdoc/>
    public void Dispose() => Trim();

    internal PoolBlock Rent(long floats)
    {
        using var turn = use.Enter();
        long size = SizeClass(floats);
        var block = current.Free.TryGetValue(size, out var stack) && stack.Count > 0 ? stack.Pop() : Allocate(size);
        current.Rented++;
        InUseBytes += block.Bytes;
        PeakBytes = Math.Max(PeakBytes, InUseBytes);
        return block;
    }

    internal void Return(PoolBlock block)
    {
        // The memory of a disposed device went with it.
        if (use.IsClosed) return;
        using var turn = use.Enter();
        InUseBytes -= block.Bytes;
        block.Owner.Rented--;
        var free = block.Owner.Free;
        if (!free.TryGetValue(block.Floats.Length, out var stack)) free.Add(block.Floats.Length, stack = new Stack<PoolBlock>());
        stack.Push(block);
    }

    private sealed class Region(MemoryPool pool, PrivateMemory outer) : IDisposable
    {
        public void Dispose() => pool.current = outer;
    }

    /// <summary>Eight classes per power of two: at most an eighth is wasted, and tensors of about the same size share blocks.</summary>
    private static long SizeClass(long floats)
    {
        long wanted = Math.Max(floats, 1);
        long step = Math.Max(Granule, (long)BitOperations.RoundUpToPowerOf2((ulong)wanted) / 16);
        return (wanted + step - 1) / step * step;
    }

    private PoolBlock Allocate(long size)
    {
        MemoryBuffer buffer;
        long bytes = size * sizeof(float);
        try
        {
            buffer = allocate(bytes);
        }
        catch (Exception e) when (e is AcceleratorException or OutOfMemoryException)
        {
            Trim();
            try
            {
                buffer = allocate(bytes);
            }
            catch (Exception again) when (again is AcceleratorException or OutOfMemoryException)
            {
                throw new InsufficientMemoryException(
                    $"the device is out of memory: {bytes >> 20} MiB wanted, {InUseBytes >> 20} MiB in use; "
                    + "lower the batch size, the width or the number of time-steps",
                    again);
            }
        }

        Allocations++;
        current.Allocated++;
        ReservedBytes += bytes;
        return new PoolBlock(buffer, current);
    }
}
