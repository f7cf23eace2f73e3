using ILGPU.Runtime.Cuda;

namespace Idsnn.Engine;

/// <summary>
/// Work of fixed shapes that is done again and again. On CUDA its launches are captured once and then replayed as one; elsewhere the work
/// simply runs. What it reads and writes must stay where it is: parameters, inputs that are overwritten in place, and tensors made in the
/// work itself, whose memory no one else gets while the graph lives.
/// </summary>
/// <remarks>
/// What is derived from parameters (packed weights) is part of the graph only where it was out of date when the work was captured: work
/// that changes its parameters, as a whole training step does, leaves it so.
/// </remarks>
/// <param name="device">Where.</param>
/// <param name="work">Queues the work; it must not wait for the device.</param>
public sealed class StepGraph(Device device, Action work) : IDisposable
{
    // The first run compiles kernels, the second finds the memory that all later ones use.
    private const int WarmUps = 2;

    private readonly PrivateMemory memory = new();
    private CudaGraph? graph;
    private int runs;

    /// <summary>Whether the work is replayed.</summary>
    public bool Captured => graph is not null;

    /// <summary>Does the work once.</summary>
    /// <exception cref="IOException">The driver refuses to capture it.</exception>
    public void Run()
    {
        if (graph is null && device.Uses(FastPath.Graphs) && runs >= WarmUps) graph = Capture();
        if (graph is not null)
        {
            graph.Launch();
            return;
        }

        runs++;
        memory.Sort();
        using (device.Memory.Use(memory)) work();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        graph?.Dispose();
        device.Memory.Release(memory);
    }

    private CudaGraph Capture()
    {
        memory.Sort();
        try
        {
            device.IsCapturing = true;
            using (device.Memory.Use(memory)) return CudaGraph.Capture(device.CudaStream, work);
        }
        catch (CudaException e)
        {
            throw new IOException($"{device.Info.Id}: the driver refuses to capture a step as a graph: {e.Message}", e);
        }
        finally
        {
            device.IsCapturing = false;
        }
    }
}
