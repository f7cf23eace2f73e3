using System.Runtime.Intrinsics;
using ILGPU;

namespace Idsnn.Kernels.Launch;

/// <summary>How work is laid out on one device. Everything that differs between devices and is not arithmetic stands here.</summary>
/// <param name="VectorLanes">Lanes of a vector: of a CPU's registers (16 or 8), of a GPU's loads (4).</param>
/// <param name="GroupSize">Threads per group.</param>
/// <param name="MaxGroups">Groups per launch at most; each thread walks its share of the items.</param>
/// <param name="Contiguous">Whether a thread's items are neighbours (CPUs: caches) or a grid apart (GPUs: coalescing).</param>
/// <param name="TargetItems">Work-items that a reduction is split into, so that the device is busy.</param>
/// <param name="CacheFloats">Floats of input that one slice of a split reduction should not exceed, to stay in a core's cache.</param>
public sealed record LaunchPlan(int VectorLanes, int GroupSize, int MaxGroups, bool Contiguous, int TargetItems, int CacheFloats)
{
    private static int ProcessorLanes => Vector512.IsHardwareAccelerated ? 16 : 8;

    /// <summary>
    /// ILGPU's CPU accelerator: every thread of a group is an OS thread and every further grid step a barrier, so one group of one
    /// thread per core, each with one contiguous share.
    /// </summary>
    /// <param name="cores">Cores to use.</param>
    public static LaunchPlan CpuAccelerator(int cores) => new(ProcessorLanes, 1, cores, true, 4 * cores, 1 << 17);

    /// <summary>A CPU through OpenCL: one work-item is one register tile; groups of one, since barriers and work-item loops cost.</summary>
    /// <param name="computeUnits">The device's compute units.</param>
    public static LaunchPlan OpenClCpu(int computeUnits) => new(ProcessorLanes, 1, 32 * computeUnits, true, 8 * computeUnits, 1 << 17);

    /// <summary>A GPU, through CUDA or OpenCL: many small work-items, 16-byte loads.</summary>
    /// <param name="multiprocessors">The device's multiprocessors.</param>
    public static LaunchPlan Gpu(int multiprocessors) => new(4, 128, 32 * multiprocessors, false, 2048 * multiprocessors, 1 << 20)
    {
        MaxPartialFloats = 32 << 20,
        RoundRows = 32,
    };

    /// <summary>The widest lanes worth using: on CPUs a cache line, in one register or two.</summary>
    public int MaxLanes => Contiguous ? 16 : VectorLanes;

    /// <summary>The widest lane count that divides <paramref name="extent"/> and that this device likes.</summary>
    /// <param name="extent">The extent that lanes must tile exactly.</param>
    public int Lanes(int extent)
    {
        foreach (int lanes in (ReadOnlySpan<int>)[16, 8, 4])
        {
            if (lanes <= MaxLanes && extent % lanes == 0) return lanes;
        }

        return 1;
    }

    /// <summary>
    /// The lanes of a register tile's columns: on CPUs two vectors (<see cref="Two{V}"/>) where they fit, so that each
    /// scalar is loaded once for both.
    /// </summary>
    /// <param name="extent">The extent that lanes must tile exactly.</param>
    public int TileLanes(int extent) => Contiguous && extent % (2 * VectorLanes) == 0 ? 2 * VectorLanes : Lanes(extent);

    /// <summary>Whether buffers have addresses that kernels may keep in tables (<see cref="RawMemory"/>).</summary>
    public bool HasAddresses { get; init; }

    /// <summary>What multiplies matrices.</summary>
    public MatrixUnits MatrixUnits { get; init; }

    /// <summary>The most floats that the partial results of one reduction take.</summary>
    public int MaxPartialFloats { get; private init; } = 6 << 20;

    /// <summary>
    /// Rows that one work-item adds up in sums that go in rounds, each of so many times fewer rows than the last; null where there are few
    /// threads, which are kept busy by chunks and the chunks' sums. Thousands would wait for the few that have work in the end.
    /// </summary>
    public int? RoundRows { get; init; }

    /// <summary>Threads of a launch at most: what scratch memory is made for.</summary>
    public int MaxThreads => MaxGroups * GroupSize;

    /// <summary>
    /// Rows per slice of a reduction over rows: enough slices to keep the device busy, each small enough for a core's cache, and not
    /// so many that the partial results outgrow <see cref="MaxPartialFloats"/>.
    /// </summary>
    /// <param name="rows">Rows to reduce over.</param>
    /// <param name="itemsPerSlice">Work-items that each slice has.</param>
    /// <param name="floatsPerRow">Floats that a slice's work-items read per row.</param>
    /// <param name="partialFloats">Floats of a slice's result.</param>
    public int SliceRows(int rows, int itemsPerSlice, int floatsPerRow, int partialFloats)
    {
        long busy = (TargetItems + itemsPerSlice - 1L) / itemsPerSlice;
        long cached = (((long)rows * floatsPerRow) + CacheFloats - 1) / CacheFloats;
        long room = Math.Max(1, MaxPartialFloats / partialFloats);
        int slices = (int)Math.Clamp(Math.Max(busy, cached), 1, Math.Min(rows, room));
        return (rows + slices - 1) / slices;
    }

    internal (KernelConfig Config, Share Share) Configure(int items)
    {
        int groups = Math.Min((items + GroupSize - 1) / GroupSize, MaxGroups);
        int threads = groups * GroupSize;
        int each = (items + threads - 1) / threads;
        return ((groups, GroupSize), Contiguous ? new Share(items, each, 1, each) : new Share(items, 1, threads, items));
    }
}
