using System.Reflection;
using ILGPU;
using ILGPU.Backends.EntryPoints;
using ILGPU.Runtime;

namespace Idsnn.Kernels;

/// <summary>A kernel: its fields are the arguments, <see cref="Execute"/> is one work-item.</summary>
public interface IKernel
{
    /// <summary>Runs work-item <paramref name="item"/>.</summary>
    void Execute(int item);
}

/// <summary>A kernel over lanes: <see cref="Execute"/> handles as many neighbouring floats at once as the launch chose.</summary>
public interface ILaneKernel
{
    /// <summary>Runs work-item <paramref name="item"/> with lanes <typeparamref name="V"/>.</summary>
    /// <typeparam name="V">The lane type.</typeparam>
    void Execute<V>(int item)
        where V : unmanaged, ILanes<V>;
}

/// <summary>
/// Compiles kernels on first use and launches them on one stream. Work-item i does the same work whichever thread runs it, so results
/// do not depend on how the items are spread.
/// </summary>
/// <param name="accelerator">Where kernels are compiled and run.</param>
/// <param name="stream">The stream that they are launched on.</param>
/// <param name="plan">How work is laid out on the device.</param>
/// <param name="edit">Changes the text that ILGPU writes for the device's compiler; null where it may stay as it is.</param>
public sealed class Launcher(Accelerator accelerator, AcceleratorStream stream, LaunchPlan plan, Func<string, string>? edit = null)
{
    private readonly Dictionary<(Type Kernel, int Lanes), Delegate> compiled = [];

    /// <summary>How work is laid out on this device.</summary>
    public LaunchPlan Plan { get; } = plan;

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
        if (!compiled.TryGetValue((typeof(K), 0), out var launch))
        {
            launch = Load<Action<AcceleratorStream, KernelConfig, K>>(((Action<K>)Cooperate).Method);
            compiled.Add((typeof(K), 0), launch);
        }

        Profile?.Start();
        ((Action<AcceleratorStream, KernelConfig, K>)launch)(stream, (groups, K.GroupSize), kernel);
        Profile?.Stop(kernel);
        Launches++;
    }

    private void Launch<K>(in K kernel, int lanes, int items, Action<Share, K> walk)
        where K : struct
    {
        if (items == 0) return;
        if (!compiled.TryGetValue((typeof(K), lanes), out var launch))
        {
            launch = Load<Action<AcceleratorStream, KernelConfig, Share, K>>(walk.Method);
            compiled.Add((typeof(K), lanes), launch);
        }

        var (config, share) = Plan.Configure(items);
        Profile?.Start();
        ((Action<AcceleratorStream, KernelConfig, Share, K>)launch)(stream, config, share, kernel);
        Profile?.Stop(kernel);
        Launches++;
    }

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

    private TLaunch Load<TLaunch>(MethodInfo entry)
        where TLaunch : Delegate
    {
        var compiled = accelerator.CompileKernel(EntryPointDescription.FromExplicitlyGroupedKernel(entry));
        if (edit is not null) KernelText.Edit(compiled, edit);
        return accelerator.LoadKernel(compiled).CreateLauncherDelegate<TLaunch>();
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
