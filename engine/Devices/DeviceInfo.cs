namespace Idsnn.Engine;

/// <summary>A device, or a place where one could have been.</summary>
/// <param name="Id">What --device calls it: cuda:0, opencl:0, cpu.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Name">The driver's name for it.</param>
/// <param name="MemoryBytes">Its memory.</param>
/// <param name="ComputeUnits">Multiprocessors or cores.</param>
/// <param name="MaxGroupSize">Threads per group at most.</param>
/// <param name="SharedMemoryBytes">Shared memory per group.</param>
/// <param name="Obstacle">Why it cannot be used; null where it can.</param>
public sealed record DeviceInfo(
    string Id, DeviceKind Kind, string Name, long MemoryBytes, int ComputeUnits, int MaxGroupSize, int SharedMemoryBytes, string? Obstacle)
{
    /// <summary>Whether its driver is simply not installed, which needs no warning.</summary>
    internal bool IsAbsent { get; init; }
}
