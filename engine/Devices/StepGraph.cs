using ILGPU.Runtime.Cuda;

namespace Idsnn.Engine;

/// <summary>
/// Work of fixed shapes that is done again and again. On CUDA its launches are captured once and then replayed as one; elsewhere the work
/// simply runs. What it reads and writes must stay where it is: parameters, inputs that are overwritten in place, and tensors made in the
/// work itself, whose memory no one else gets while the graph lives.
/// </summary>
/// <remarks>
/// Replays may alternate with other work on the same tensors, such as a step that is launched kernel by kernel, or a test. That is right
/// because of four rules, which hold for the work of a training step:
/// <list type="number">
/// <item>What is derived from a tensor that the work changes (packed weights) is out of date when the work is captured, so that computing
/// it is part of the graph, and again after each replay, so that others compute it anew.</item>
/// <item>What is made within the work and outlives it (packed weights, shared zeros) lies outside the graph's memory, which is all free
/// between runs; other work may borrow it then (<see cref="RunOther"/>).</item>
/// <item>Tables of addresses that are kept on the device (<see cref="SgdUpdate"/>) are the graph's own.</item>
/// <item>The work changes nothing on the host, but for what is done again at each replay.</item>
/// </list>
/// </remarks>
/// <param name="device">Where.</param>
/// <param name="work">Queues the work; it must not wait for the device.</param>
/// <param name="changes">The tensors that the work changes and that others read; where it fails, their gradients are cleared.</param>
/// <param name="replayed">Does what the work does on the host; called at each replay. Null where it does nothing.</param>
public sealed class StepGraph(Device device, Action work, IReadOnlyList<Tensor> changes, Action? replayed = null) : IDisposable
{
    private readonly PrivateMemory memory = new();
    private IGraph? graph;
    private bool disposed;

    // Whether the work ran (its kernels are compiled) and found all its memory there, and nobody has added to it since: it will find the
    // same blocks again.
    private bool settled;

    /// <summary>Whether the work is replayed.</summary>
    public bool Captured => graph is not null;

    /// <summary>Does the work once. A driver that refuses to capture it is told of by a warning, and the work then always runs.</summary>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    public void Run()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        if (graph is not null)
        {
            graph.Launch();
            replayed?.Invoke();
        }
        else if (settled && device.Uses(FastPath.Graphs) && Capture())
        {
            graph!.Launch();
        }
        else
        {
            settled = true;
            device.Graph = this;
            try
            {
                RunOther(work);
            }
            finally
            {
                device.Graph = null;
            }

            return;
        }

        foreach (var tensor in changes) tensor.Changed();
    }

    /// <summary>Does other work in the graph's memory, so that the two together need no more than the larger of them.</summary>
    /// <param name="other">The work; all tensors that it makes must be disposed when it ends, but those that are persistent.</param>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    public void RunOther(Action other)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        if (!device.Uses(FastPath.Graphs))
        {
            other();
            return;
        }

        int blocks = memory.Allocated;
        memory.Sort();
        using (device.Memory.Use(memory)) other();
        settled &= memory.Allocated == blocks;
        if (memory.Rented != 0) Abandon($"{memory.Rented} of its tensors outlive it");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (disposed) return;
        disposed = true;
        Free();
    }

    private bool Capture()
    {
        foreach (var tensor in changes) tensor.Changed();
        memory.Sort();
        (device.Graph, device.IsCapturing) = (this, true);
        try
        {
            using (device.Memory.Use(memory))
            {
                graph = device.EmulatesGraphs ? new RecordedGraph(device.Launcher, work) : CudaGraph.Capture(device.CudaStream, work);
            }
        }
        catch (Exception e) when (e is CudaException or InvalidOperationException)
        {
            // What was queued has not run: nothing that was computed from the tensors is there.
            foreach (var tensor in changes)
            {
                tensor.Changed();
                tensor.ClearGradient();
            }

            Abandon(e.Message.ReplaceLineEndings(" "));
            return false;
        }
        finally
        {
            (device.Graph, device.IsCapturing) = (null, false);
        }

        return true;
    }

    private void Free()
    {
        graph?.Dispose();
        graph = null;
        device.Memory.Release(memory);
    }

    private void Abandon(string reason)
    {
        Free();
        device.Switch(FastPath.Graphs, on: false);
        DeviceCatalog.Warn($"{device.Info.Id}: steps cannot be captured as a graph and are launched kernel by kernel: {reason}");
    }
}
