using System.Diagnostics;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace Idsnn.Kernels.Profiling;

/// <summary>
/// The launches of one stream, each timed by itself: by events on CUDA, elsewhere by waiting before and after it. So launches do not
/// overlap while a profile is kept, and their sum is more than the time of the same work without one.
/// </summary>
public sealed class LaunchProfile
{
    private readonly AcceleratorStream stream;
    private readonly bool events;
    private readonly long origin = Stopwatch.GetTimestamp();
    private readonly List<LaunchRecord> records = [];
    private long began;
    private ProfilingMarker? marker;
    private string phase = string.Empty;

    internal LaunchProfile(AcceleratorStream stream)
    {
        this.stream = stream;
        events = stream.Accelerator is CudaAccelerator && stream.Accelerator.Context.Properties.EnableProfiling;
    }

    /// <summary>The launches so far, in order.</summary>
    public IReadOnlyList<LaunchRecord> Records => records;

    /// <summary>Says what the launches from now on are for.</summary>
    public void Enter(string name) => phase = name;

    internal void Start()
    {
        stream.Synchronize();
        began = Stopwatch.GetTimestamp();
        if (events) marker = stream.AddProfilingMarker();
    }

    internal void Stop<K>(in K kernel)
        where K : struct
    {
        double ms;
        if (marker is { } start)
        {
            using var end = stream.AddProfilingMarker();
            ms = end.MeasureFrom(start).TotalMilliseconds;
            start.Dispose();
            marker = null;
        }
        else
        {
            stream.Synchronize();
            ms = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        }

        records.Add(LaunchRecord.Of(phase, kernel, Stopwatch.GetElapsedTime(origin, began).TotalMilliseconds, ms));
    }
}
