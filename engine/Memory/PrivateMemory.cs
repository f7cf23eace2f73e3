namespace Idsnn.Engine;

/// <summary>Free blocks that are handed out again within one part of the program alone.</summary>
internal sealed class PrivateMemory
{
    public Dictionary<long, Stack<PoolBlock>> Free { get; } = [];

    /// <summary>Blocks that are not free.</summary>
    public int Rented { get; set; }

    /// <summary>Blocks that were taken from the device for it so far.</summary>
    public int Allocated { get; set; }

    /// <summary>
    /// Lays the free blocks in the order of their addresses: work that starts from there rents the same blocks as the last time, whatever
    /// the order in which they came back.
    /// </summary>
    public void Sort()
    {
        foreach (long size in Free.Keys.ToList())
        {
            Free[size] = new Stack<PoolBlock>(Free[size].OrderByDescending(block => (long)block.Buffer.NativePtr));
        }
    }
}
