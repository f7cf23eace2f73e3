using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace Idsnn.Engine;

/// <summary>
/// An open device: one stream, its kernels and its memory. All work is queued on the one stream in program order; reading a tensor
/// waits for it. One thread uses a device at a time: threads may take turns, but what overlaps, or comes while another thread has a tensor
/// scope open, is refused by an InvalidOperationException.
/// </summary>
public sealed class Device : IDisposable
{
    private readonly Context? context;
    private readonly Accelerator accelerator;
    private readonly AcceleratorStream stream;
    private readonly HashSet<FastPath> switchedOff = [];
    private PoolBlock? zeros;
    private UploadRing? uploads;

    /// <param name="info">What it is.</param>
    /// <param name="context">Its own context, which ends with it; null where several devices share one.</param>
    /// <param name="accelerator">ILGPU's device.</param>
    /// <param name="plan">How work is laid out on it.</param>
    /// <param name="edit">Changes the text that ILGPU writes for its compiler; or null.</param>
    /// <param name="rehearses">Whether it computes nothing; the accelerator is another device's then.</param>
    internal Device(
        DeviceInfo info, Context? context, Accelerator accelerator, LaunchPlan plan, Func<string, string>? edit, bool rehearses = false)
    {
        Info = info;
        IsRehearsal = rehearses;
        this.context = context;
        this.accelerator = accelerator;
        stream = accelerator.CreateStream();
        Exclusive = new ExclusiveUse(info.Id);
        Launcher = new Launcher(accelerator, stream, plan, Exclusive, edit, rehearses);
        Memory = new MemoryPool(rehearses ? bytes => new UnbackedMemory(accelerator, bytes) : Allocate, Launcher.Settle, Exclusive);
    }

    /// <summary>What the device is.</summary>
    public DeviceInfo Info { get; }

    /// <summary>
    /// Whether nothing is computed on it and no memory taken, but all is counted as on the device that it stands for; what is read from it
    /// is zero.
    /// </summary>
    public bool IsRehearsal { get; }

    /// <summary>
    /// A device on which work can be rehearsed, to see what memory it would take on this one (<see cref="MemoryPool.ReservedBytes"/>), by
    /// the same code and in milliseconds. Graphs and page-locked copies are left out. It ends before this device does.
    /// </summary>
    public Device Rehearse()
    {
        var rehearsal = new Device(Info, null, accelerator, Launcher.Plan, null, rehearses: true) { Precision = Precision };
        rehearsal.switchedOff.UnionWith([.. switchedOff, FastPath.Graphs, FastPath.Uploads]);
        return rehearsal;
    }

    /// <summary>What arithmetic it trains with.</summary>
    public Precision Precision { get; internal set; }

    /// <summary>How its fast paths compared with the portable kernels when it was opened; empty where it has none.</summary>
    public IReadOnlyList<PathCheck> Checks { get; internal set; } = [];

    /// <summary>Whether a fast path is to be used: device and precision have it, and no check has found it wrong.</summary>
    public bool Uses(FastPath path) => !switchedOff.Contains(path) && path switch
    {
        FastPath.Update => Launcher.Plan.HasAddresses,
        FastPath.Graphs => stream is CudaStream || EmulatesGraphs,
        FastPath.Uploads => stream is CudaStream,
        FastPath.Neurons => Precision == Precision.BFloat16,
        _ => Precision != Precision.Full,
    };

    /// <summary>Refuses other threads while one uses the device, and everyone once it is disposed.</summary>
    internal ExclusiveUse Exclusive { get; }

    /// <summary>Whether launches are captured instead of run: nothing may be copied from the host or waited for.</summary>
    internal bool IsCapturing { get; set; }

    /// <summary>The graph whose work is being queued to be captured, now or later; null outside of such work.</summary>
    internal StepGraph? Graph { get; set; }

    /// <summary>Whether launches are taken down and done again where a CUDA device replays a graph: for tests.</summary>
    internal bool EmulatesGraphs { get; set; }

    internal CudaStream CudaStream => (CudaStream)stream;

    /// <summary>Uses a path, or the portable kernels in its place, from now on.</summary>
    internal void Switch(FastPath path, bool on)
    {
        if (on) switchedOff.Remove(path);
        else switchedOff.Add(path);
    }

    /// <summary>Compiles and launches kernels.</summary>
    public Launcher Launcher { get; }

    /// <summary>The caching allocator.</summary>
    public MemoryPool Memory { get; }

    /// <summary>
    /// Tensors made from now on until the scope is disposed are disposed with it (unless they were earlier). Until then no other thread may
    /// use the device. Scopes are disposed in the reverse order of their opening.
    /// </summary>
    public TensorScope Scope()
    {
        Exclusive.Claim();
        return CurrentScope = new TensorScope(this, CurrentScope);
    }

    internal TensorScope? CurrentScope { get; set; }

    /// <summary>Waits until everything queued is done.</summary>
    /// <exception cref="ObjectDisposedException">The device was disposed.</exception>
    public void Synchronize()
    {
        using var turn = Exclusive.Enter();
        Launcher.Settle();
        stream.Synchronize();
    }

    /// <summary>Waits for what is queued and frees the device with all its memory: its tensors cannot be used any more.</summary>
    public void Dispose()
    {
        if (Exclusive.IsClosed) return;
        Synchronize();
        Exclusive.Close();
        uploads?.Dispose();
        Memory.Dispose();
        stream.Dispose();
        if (IsRehearsal) return;
        accelerator.Dispose();
        context?.Dispose();
    }

    private MemoryBuffer Allocate(long bytes)
    {
        var buffer = accelerator.AllocateRaw(bytes / sizeof(float), sizeof(float));
        HugePages.AskFor(accelerator, buffer);
        return buffer;
    }

    /// <summary>At least <paramref name="count"/> zeros, shared by all: padding rows and absent biases read them, nobody writes.</summary>
    internal ArrayView<float> Zeros(int count)
    {
        if (zeros is null || zeros.Floats.Length < count)
        {
            // Fewer zeros that were handed out before stay: a captured graph may read them.
            using var memory = Memory.UseCommon();
            zeros = Memory.Rent(Math.Max(count, 4096));
            Launcher.Settle();
            if (!IsRehearsal) zeros.Floats.MemSetToZero(stream);
        }

        return zeros.Floats.SubView(0, count);
    }

    // ILGPU copies from and to a bare address: the array must not be moved by the garbage collector before the copy is done.
    internal unsafe void Upload<T>(ArrayView<T> target, ReadOnlySpan<T> source)
        where T : unmanaged
    {
        if (source.Length == 0) return;
        using var turn = Exclusive.Enter();
        if (IsCapturing) throw new InvalidOperationException("host memory was to be copied within work that is captured as a graph");
        if (IsRehearsal) return;
        Launcher.Settle();
        if (Uses(FastPath.Uploads))
        {
            (uploads ??= new UploadRing(CudaStream)).Copy(target, source);
            return;
        }

        fixed (T* pinned = source)
        {
            target.CopyFromCPUUnsafeAsync(stream, ref *pinned, source.Length);
            stream.Synchronize();
        }
    }

    internal unsafe void Download<T>(ArrayView<T> source, Span<T> target)
        where T : unmanaged
    {
        if (target.Length == 0) return;
        using var turn = Exclusive.Enter();
        if (IsRehearsal) return;
        Launcher.Settle();
        fixed (T* pinned = target)
        {
            source.CopyToCPUUnsafeAsync(stream, ref *pinned, target.Length);
            stream.Synchronize();
        }
    }
}
