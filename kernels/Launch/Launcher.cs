using System.Reflection;
using ILGPU;
using ILGPU.Backends.EntryPoints;
using ILGPU.Runtime;

namespace Idsnn.Kernels.Launch;

/// <summary>
/// Compiles kernels on first use and launches them on one stream. Work-item i does the same work whichever thread runs it, so results
/// do not depend on how the items are spread. On OpenCL a launch whose kernel the driver still compiles waits in a queue, in order, and
/// <see cref="Run{K}(in K, int)"/> returns at once, so that ILGPU translates the next kernels meanwhile.
/// </summary>
/// <param name="accelerator">Where kernels are compiled and run.</param>
/// <param name="stream">The stream that they are launched on.</param>
/// <param name="plan">How work is laid out on the device.</param>
/// <param name="use">Refuses launches while another thread uses the device.</param>
/// <param name="edit">Changes the text that ILGPU writes for the device's compiler; null where it may stay as it is.</param>
/// <param name="counts">Whether launches are counted alone: nothing is compiled or run.</param>
public sealed class Launcher(
    Accelerator accelerator, AcceleratorStream stream, LaunchPlan plan, ExclusiveUse use, Func<string, string>? edit = null,
    bool counts = false)
{
    private readonly Dictionary<(Type Kernel, int Lanes), Task> compiled = [];
    private Task lastLoad = Task.CompletedTask, lastLaunch = Task.CompletedTask;
    private List<Action>? recording;

    /// <summary>How work is laid out on this device.</summary>
    public LaunchPlan Plan { get; internal set; } = plan;

    /// <summary>Launches so far.</summary>
    public long Launches { get; private set; }

    /// <summary>Where launches are recorded; null, and then nothing is measured, unless <see cref="BeginProfile"/> was called.</summary>
    public LaunchProfile? Profile { get; private set; }

    /// <summary>Records every launch from now on until <see cref="EndProfile"/>.</summary>
    public LaunchProfile BeginProfile() => Profile = new LaunchProfile(stream);

    /// <summary>Records no more.</summary>
    public void EndProfile() => Profile = null;

    /// <summary>Runs <paramref name="items"/> work-items of a kernel.</summary>
    /// <typeparam name="K">The kernel.</typeparam>
    public void Run<K>(in K kernel, int items)
        where K : struct, IKernel => Launch(kernel, 0, items, Walk);

    /// <summary>Runs <paramref name="items"/> work-items of a kernel over <paramref name="lanes"/> (1, 4, 8 or 16) lanes each.</summary>
    /// <typeparam name="K">The kernel.</typeparam>
    public void Run<K>(in K kernel, int lanes, int items)
        where K : struct, ILaneKernel
    {
        Launch(kernel, lanes, items, lanes switch
        {
            32 => Walk<K, Two<F16>>,
            16 when Plan.VectorLanes == 8 => Walk<K, Two<F8>>,
            16 => Walk<K, F16>,
            8 => Walk<K, F8>,
            4 => Walk<K, F4>,
            1 => Walk<K, F1>,
            _ => throw new ArgumentOutOfRangeException(nameof(lanes), lanes, "1, 4, 8 or 16"),
        });
    }

    /// <summary>Runs a kernel whose threads work together, in <paramref name="groups"/> groups.</summary>
    /// <typeparam name="K">The kernel.</typeparam>
    public void RunGroups<K>(in K kernel, int groups)
        where K : struct, IGroupKernel
    {
        if (groups == 0) return;
        var copy = kernel;
        Launch<K, Action<AcceleratorStream, KernelConfig, K>>(
            kernel, 0, ((Action<K>)Cooperate).Method, launch => launch(stream, (groups, K.GroupSize), copy));
    }

    private void Launch<K>(in K kernel, int lanes, int items, Action<Share, K> walk)
        where K : struct
    {
        if (items == 0) return;
        var copy = kernel;
        var (config, share) = Plan.Configure(items);
        Launch<K, Action<AcceleratorStream, KernelConfig, Share, K>>(
            kernel, lanes, walk.Method, launch => launch(stream, config, share, copy));
    }

    private void Launch<K, TLaunch>(in K kernel, int lanes, MethodInfo entry, Action<TLaunch> start)
        where K : struct
        where TLaunch : Delegate
    {
        using var turn = use.Enter();
        Launches++;
        if (counts) return;
        if (!compiled.TryGetValue((typeof(K), lanes), out var loading)) compiled.Add((typeof(K), lanes), loading = Load<TLaunch>(entry));
        if (recording is null) Queue(kernel, (Task<TLaunch>)loading, start);
        else recording.Add(Later(kernel, (Task<TLaunch>)loading, start));
    }

    private Action Later<K, TLaunch>(K kernel, Task<TLaunch> kernelLoading, Action<TLaunch> start)
        where K : struct
        where TLaunch : Delegate => () => Queue(kernel, kernelLoading, start);

    private void Queue<K, TLaunch>(in K kernel, Task<TLaunch> kernelLoading, Action<TLaunch> start)
        where K : struct
        where TLaunch : Delegate
    {
        if (Profile is not null) Task.WaitAll(lastLaunch, kernelLoading);
        if (lastLaunch.IsCompletedSuccessfully && kernelLoading.IsCompletedSuccessfully)
        {
            Profile?.Start();
            start(kernelLoading.Result);
            Profile?.Stop(kernel);
        }
        else
        {
            lastLaunch = StartAfter(lastLaunch, kernelLoading, start);
        }
    }

    /// <summary>
    /// Takes down the launches of some work, with their arguments, instead of doing them: what a driver does that captures a stream.
    /// </summary>
    /// <returns>Does them, in order.</returns>
    public Action Record(Action work)
    {
        ArgumentNullException.ThrowIfNull(work);
        List<Action> launches = recording = [];
        try
        {
            work();
        }
        finally
        {
            recording = null;
        }

        return () => launches.ForEach(launch => launch());
    }

    /// <summary>Waits until every launch has reached the stream; before anything but a launch does.</summary>
    public void Settle() => lastLaunch.GetAwaiter().GetResult();

    /// <summary>The method that runs on the device for a kernel: what is compiled.</summary>
    internal static MethodInfo EntryOf(KernelVariant kernel)
    {
        Type? lanes = kernel.Lanes switch { 16 => typeof(F16), 8 => typeof(F8), 4 => typeof(F4), 1 => typeof(F1), _ => null };
        Type[] arguments = lanes is null ? [kernel.Type] : [kernel.Type, lanes];
        return typeof(Launcher).GetMethods(BindingFlags.Static | BindingFlags.NonPublic)
            .Single(method => method.Name == (kernel.IsGroup ? nameof(Cooperate) : nameof(Walk))
                && method.GetGenericArguments().Length == arguments.Length)
            .MakeGenericMethod(arguments);
    }

    private Task<TLaunch> Load<TLaunch>(MethodInfo entry)
        where TLaunch : Delegate
    {
        var translated = accelerator.CompileKernel(EntryPointDescription.FromExplicitlyGroupedKernel(entry));
        if (edit is not null) KernelText.Edit(translated, edit);
        TLaunch Build() => accelerator.LoadKernel(translated).CreateLauncherDelegate<TLaunch>();
        if (accelerator.AcceleratorType != AcceleratorType.OpenCL) return Task.FromResult(Build());
        var loading = BuildAfter(lastLoad, Build);
        lastLoad = loading;
        return loading;
    }

    /// <summary>
    /// Builds a kernel once those before it are built. A driver's compiler may start programs of its own (a linker, say), which a Ctrl-C in
    /// the terminal ends as it does ours: a build that failed is tried once more, so that an interrupted run still ends by saving its
    /// state.
    /// </summary>
    internal static async Task<TLaunch> BuildAfter<TLaunch>(Task before, Func<TLaunch> build)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            return build();
        }
        catch (AcceleratorException)
        {
            return build();
        }
    }

    private static async Task StartAfter<TLaunch>(Task before, Task<TLaunch> loading, Action<TLaunch> start)
    {
        await before.ConfigureAwait(false);
        start(await loading.ConfigureAwait(false));
    }

    private static void Cooperate<K>(K kernel)
        where K : struct, IGroupKernel => kernel.Execute();

    private static void Walk<K>(Share share, K kernel)
        where K : struct, IKernel
    {
        int first = Grid.GlobalIndex.X * share.Span;
        int end = Math.Min(share.Items, first + share.Reach);
        for (int item = first; item < end; item += share.Step) kernel.Execute(item);
    }

    private static void Walk<K, V>(Share share, K kernel)
        where K : struct, ILaneKernel
        where V : unmanaged, ILanes<V>
    {
        int first = Grid.GlobalIndex.X * share.Span;
        int end = Math.Min(share.Items, first + share.Reach);
        for (int item = first; item < end; item += share.Step) kernel.Execute<V>(item);
    }
}
