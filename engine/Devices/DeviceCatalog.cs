using System.Globalization;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace Idsnn.Engine;

/// <summary>Finds devices, chooses one by name, and opens it.</summary>
public static class DeviceCatalog
{
    /// <summary>The environment variable that names the device where no option does.</summary>
    public const string Variable = "IDSNN_DEVICE";

    /// <summary>Told what is not as it should be but can be done without: one line.</summary>
    public static event Action<string>? Warning;

    private const string Names = "auto, cuda[:i], opencl[:i] or cpu";

    /// <summary>
    /// The context of all devices: each that is made and disposed leaves about a megabyte behind in ILGPU and the driver, and takes a
    /// second look at all drivers.
    /// </summary>
    private static readonly Lazy<Context> Shared = new(() => CreateContext());

    /// <summary>Every device found, in the order of "auto"; and, without memory or units, each driver that is missing and why.</summary>
    public static IReadOnlyList<DeviceInfo> List()
    {
        var list = Found(Shared.Value).Select(f => f.Info).ToList();
        if (!list.Exists(d => d.Kind == DeviceKind.Cuda))
        {
            list.Add(Missing("cuda", DeviceKind.Cuda, NativeLibraries.HasCuda
                ? "the CUDA driver is installed but reports no usable GPU"
                : "no CUDA driver (libcuda.so.1): install NVIDIA's driver to use a GPU of theirs"));
        }

        if (!list.Exists(d => d.Kind is DeviceKind.OpenClCpu or DeviceKind.OpenClGpu))
        {
            string? cache = NativeLibraries.HasOpenCl ? PoclCache.Obstacle(PoclCache.Folder) : null;
            string why = NativeLibraries.HasOpenCl ? "the OpenCL loader is installed but no driver" : "no OpenCL loader (libOpenCL.so.1)";
            list.Add(Missing(
                "opencl", DeviceKind.OpenClCpu, cache ?? $"{why}: on Debian or Ubuntu, apt-get install pocl-opencl-icd") with
            {
                IsAbsent = cache is null,
            });
        }

        return [.. list.OrderBy(d => d.Kind)];
    }

    /// <summary>Opens a device.</summary>
    /// <param name="name">auto, cuda[:i], opencl[:i] or cpu; null or empty: <see cref="Variable"/>, else auto.</param>
    /// <param name="profiling">Whether launches will be profiled: CUDA then times them by events.</param>
    /// <param name="precision">What to train with; null for bf16 where there are tensor cores, else float32.</param>
    /// <exception cref="ArgumentException">
    /// No such name, no such device here, or bf16 or tf32 on a device without tensor cores; the message says what there is.
    /// </exception>
    /// <exception cref="IOException">The device's driver fails; auto takes the next device then, with a <see cref="Warning"/>.</exception>
    public static Device Open(string? name = null, bool profiling = false, Precision? precision = null)
    {
        if (string.IsNullOrWhiteSpace(name)) name = Environment.GetEnvironmentVariable(Variable);
        if (string.IsNullOrWhiteSpace(name)) name = "auto";
        name = name.Trim().ToLowerInvariant();
        var wanted = Match(name);
        var list = List();
        string? driver = list.FirstOrDefault(d => d.Obstacle is not null && name.StartsWith(d.Id, StringComparison.Ordinal))?.Obstacle;
        foreach (var info in list.Where(wanted))
        {
            string? obstacle = info.Obstacle;
            if (obstacle is null && TryStart(info, profiling, out obstacle) is { } opened) return Choose(opened, precision);
            if (name != "auto") throw new IOException($"device '{info.Id}' cannot be used: {obstacle}");
            if (!info.IsAbsent) Warn($"{info.Id} is passed over: {obstacle}");
        }

        throw new ArgumentException(
            $"device '{name}' is not here{(driver is null ? "; run 'devices' to see what is, and why the rest is not" : $": {driver}")}");
    }

    /// <summary>Starts a device; null, and why, where its driver fails.</summary>
    private static Device? TryStart(DeviceInfo info, bool profiling, out string? obstacle)
    {
        obstacle = null;
        var owned = profiling && info.Kind == DeviceKind.Cuda ? CreateContext(profiling: true) : null;
        var context = owned ?? Shared.Value;
        try
        {
            var device = Found(context).First(f => f.Info.Id == info.Id).Device;
            return new Device(
                info, owned, device.CreateAccelerator(context), PlanFor(info, device),
                info.Kind == DeviceKind.Cuda ? PtxText.Edit : OpenClQuirks.SourceEdit(device));
        }
        catch (Exception e) when (e is AcceleratorException or NotSupportedException or TypeLoadException or BadImageFormatException)
        {
            owned?.Dispose();
            obstacle = $"its driver fails: {(e is CLException cl ? cl.Error.ToString() : e.Message.ReplaceLineEndings(" "))}";
            return null;
        }
    }

    /// <summary>The CPU accelerator with groups and warps as large as a GPU's, and tensor cores emulated: slow, for tests alone.</summary>
    internal static Device OpenEmulation()
    {
        NativeLibraries.Install();
        var context = Context.Create(builder =>
        {
            builder.Optimize(OptimizationLevel.O2).Inlining(InliningMode.Aggressive).EnableAlgorithms().CPU(new CPUDevice(32, 8, 1));
            LaneIntrinsics.Register(builder);
        });
        var device = context.Devices.Single();
        var info = Describe(device, "emulation", DeviceKind.Cpu, null);
        var plan = LaunchPlan.CpuAccelerator(1) with { MatrixUnits = MatrixUnits.Emulated, HasAddresses = true };
        return new Device(info, context, device.CreateAccelerator(context), plan, null);
    }

    private static Func<DeviceInfo, bool> Match(string name)
    {
        string[] parts = name.Split(':');
        bool indexed = parts.Length == 2;
        int index = 0;
        if (parts.Length > 2 || (indexed && !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out index)))
        {
            throw new ArgumentException($"device '{name}' is not a device name; use {Names}");
        }

        return parts[0] switch
        {
            "auto" when !indexed => _ => true,
            "cpu" when !indexed => d => d.Kind == DeviceKind.Cpu,
            "cuda" or "opencl" => d => d.Id == $"{parts[0]}:{index}",
            _ => throw new ArgumentException($"device '{name}' is not a device name; use {Names}"),
        };
    }

    /// <summary>A context as every device here gets it.</summary>
    internal static Context CreateContext(bool profiling = false)
    {
        NativeLibraries.Install();
        return Context.Create(builder =>
        {
            builder.Optimize(OptimizationLevel.O2).Inlining(InliningMode.Aggressive).EnableAlgorithms();
            if (profiling) builder.Profiling();
            if (NativeLibraries.HasCuda) builder.Cuda();
            if (NativeLibraries.HasOpenCl) builder.OpenCL(_ => true);
            builder.CPU(new CPUDevice(2, 1, Environment.ProcessorCount));
            LaneIntrinsics.Register(builder);
        });
    }

    private static IEnumerable<(DeviceInfo Info, ILGPU.Runtime.Device Device)> Found(Context context)
    {
        int cuda = 0, opencl = 0;
        return context.Devices.ToArray()
            .Select(device => device switch
            {
                CudaDevice gpu => (Describe(gpu, $"cuda:{cuda++}", DeviceKind.Cuda, null), device),
                CLDevice cl => (DescribeOpenCl(cl, $"opencl:{opencl++}"), device),
                _ => (Describe(device, "cpu", DeviceKind.Cpu, null), device),
            })
            .ToArray()
            .OrderBy(found => found.Item1.Kind);
    }

    private static DeviceInfo DescribeOpenCl(CLDevice device, string id)
    {
        OpenClQuirks.Apply(device);
        var kind = device.DeviceType.HasFlag(CLDeviceType.CL_DEVICE_TYPE_CPU) ? DeviceKind.OpenClCpu : DeviceKind.OpenClGpu;
        return Describe(device, id, kind, OpenClQuirks.Obstacle(device));
    }

    private static DeviceInfo Describe(ILGPU.Runtime.Device device, string id, DeviceKind kind, string? obstacle) => new(
        id,
        kind,
        kind == DeviceKind.Cpu ? $".NET on {Environment.ProcessorCount} cores (ILGPU CPU accelerator)" : device.Name.Trim(),
        kind == DeviceKind.Cpu ? HostBytes : kind == DeviceKind.OpenClCpu ? Math.Min(device.MemorySize, HostBytes) : device.MemorySize,
        device.NumMultiprocessors,
        device.MaxNumThreadsPerGroup,
        device.MaxSharedMemoryPerGroup,
        obstacle);

    /// <summary>The memory that CPUs share with this process, inside its control group.</summary>
    private static long HostBytes => Math.Min(HostMemory.Read().LimitBytes, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    private static DeviceInfo Missing(string id, DeviceKind kind, string why) => new(id, kind, "none", 0, 0, 0, 0, why) { IsAbsent = true };

    private static LaunchPlan PlanFor(DeviceInfo info, ILGPU.Runtime.Device device) => info.Kind switch
    {
        DeviceKind.Cpu => LaunchPlan.CpuAccelerator(info.ComputeUnits),
        DeviceKind.OpenClCpu => LaunchPlan.OpenClCpu(info.ComputeUnits),
        DeviceKind.Cuda => LaunchPlan.Gpu(info.ComputeUnits) with
        {
            HasAddresses = true,
            MatrixUnits = device is CudaDevice { Architecture: { } architecture } && architecture >= CudaArchitecture.SM_80
                ? MatrixUnits.TensorCores : MatrixUnits.None,
        },
        _ => LaunchPlan.Gpu(info.ComputeUnits),
    };

    /// <summary>A kernel that reads what is not its own leaves a CUDA context in which nothing runs any more.</summary>
    private static void RequireSound(Device device)
    {
        if (device.Checks.FirstOrDefault(check => check.Failure is not null) is not { } failed) return;
        try
        {
            using var one = Tensor.Full(device, [1], 1f);
            _ = one.Item();
        }
        catch (AcceleratorException e)
        {
            throw new IOException(
                $"{device.Info.Id}: the fast path '{failed.Path}' broke the device ({failed.Failure}); run again in full precision", e);
        }
    }

    internal static void Warn(string line) => Warning?.Invoke(line);

    /// <summary>Sets the precision, and switches off what the self-check finds wrong.</summary>
    private static Device Choose(Device device, Precision? precision)
    {
        bool units = device.Launcher.Plan.MatrixUnits != MatrixUnits.None;
        if (precision is { } wanted and not Precision.Full && !units)
        {
            string id = device.Info.Id;
            device.Dispose();
            string name = wanted == Precision.BFloat16 ? "bf16" : "tf32";
            throw new ArgumentException($"{name} wants an NVIDIA GPU with tensor cores (sm_80 or newer), which {id} is not; use fp32");
        }

        device.Precision = precision ?? (units ? Precision.BFloat16 : Precision.Full);
        device.Checks = SelfCheck.Run(device);
        RequireSound(device);
        foreach (var failed in device.Checks.Where(check => !check.Passed).GroupBy(check => check.Path))
        {
            device.Switch(failed.Key, on: false);
            var worst = failed.First();
            Warn(string.Create(
                CultureInfo.InvariantCulture,
                $"{device.Info.Id}: the fast path '{worst.Path}' is switched off: {worst.Case}: "
                + $"{worst.Failure ?? $"off by {worst.Error:G2}, expected at most {PathCheck.Bound:G2}"}"));
        }

        return device;
    }
}
