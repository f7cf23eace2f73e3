using System.Runtime.InteropServices;
using ILGPU.Runtime.Cuda;

namespace Idsnn.Engine;

/// <summary>A stream's launches, captured into a CUDA graph: one launch by the host instead of hundreds.</summary>
internal sealed partial class CudaGraph : IGraph
{
    private const int Relaxed = 2;

    private readonly CudaStream stream;
    private nint executable;

    private CudaGraph(CudaStream stream, nint executable)
    {
        this.stream = stream;
        this.executable = executable;
    }

    /// <summary>Captures what <paramref name="work"/> queues, without running it.</summary>
    /// <exception cref="CudaException">The driver refuses: something in it waited for the device, for example.</exception>
    public static CudaGraph Capture(CudaStream stream, Action work)
    {
        using var binding = stream.Accelerator.BindScoped();
        Check(BeginCapture(stream.StreamPtr, Relaxed));
        bool captured = false;
        try
        {
            work();
            captured = true;
        }
        finally
        {
            // The stream must leave its capture whatever happened.
            if (!captured && EndCapture(stream.StreamPtr, out nint broken) == 0 && broken != 0) Check(DestroyGraph(broken));
        }

        Check(EndCapture(stream.StreamPtr, out nint graph));
        try
        {
            Check(Instantiate(out nint executable, graph, 0));
            return new CudaGraph(stream, executable);
        }
        finally
        {
            Check(DestroyGraph(graph));
        }
    }

    /// <summary>Queues the captured launches.</summary>
    public void Launch()
    {
        using var binding = stream.Accelerator.BindScoped();
        Check(LaunchGraph(executable, stream.StreamPtr));
    }

    public void Dispose()
    {
        if (executable == 0) return;
        using var binding = stream.Accelerator.BindScoped();
        Check(DestroyExecutable(executable));
        executable = 0;
    }

    private static void Check(int code) => CudaException.ThrowIfFailed((CudaError)code);

    [LibraryImport("cuda", EntryPoint = "cuStreamBeginCapture_v2")]
    private static partial int BeginCapture(nint stream, int mode);

    [LibraryImport("cuda", EntryPoint = "cuStreamEndCapture")]
    private static partial int EndCapture(nint stream, out nint graph);

    [LibraryImport("cuda", EntryPoint = "cuGraphInstantiateWithFlags")]
    private static partial int Instantiate(out nint executable, nint graph, ulong flags);

    [LibraryImport("cuda", EntryPoint = "cuGraphLaunch")]
    private static partial int LaunchGraph(nint executable, nint stream);

    [LibraryImport("cuda", EntryPoint = "cuGraphExecDestroy")]
    private static partial int DestroyExecutable(nint executable);

    [LibraryImport("cuda", EntryPoint = "cuGraphDestroy")]
    private static partial int DestroyGraph(nint graph);
}
