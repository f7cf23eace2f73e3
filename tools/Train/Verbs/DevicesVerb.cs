using System.Globalization;
using CommandLine;
using CommandLine.Text;
using Idsnn.Engine;
using Idsnn.Training;

namespace Idsnn.Tools.Train;

[Verb("devices", HelpText = "List the devices, and why others cannot be used.")]
internal sealed class DevicesVerb : Verb
{
    private const int Failed = 1;

    [Option("check", HelpText = "Also compare each device's fast paths (tensor cores) with the portable kernels.")]
    public bool Check { get; set; }

    [Usage(ApplicationAlias = "dotnet run -c Release --project tools/Train --")]
    public static IEnumerable<Example> Examples =>
    [
        new("What there is", new DevicesVerb()),
    ];

    public override int Run(Session session)
    {
        string asked = Environment.GetEnvironmentVariable(DeviceCatalog.Variable) ?? "auto";
        var (chosen, problem) = Chosen();
        foreach (var device in DeviceCatalog.List())
        {
            session.Log(device.Obstacle is { } obstacle
                ? $"  {device.Id,-10} {obstacle}"
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"{(device.Id == chosen ? '*' : ' ')} {device.Id,-10} {Describe(device)}"));
        }

        var memory = HostMemory.Read();
        session.Log(
            $"memory     {Quantity.Memory(memory.FreeBytes)} of {Quantity.Memory(memory.LimitBytes)} are free for CPUs ({memory.Limit})");
        session.Log(
            problem is null ? $"* is what '{asked}' chooses" : $"{DeviceCatalog.Variable} is '{asked}', which chooses none: {problem}");
        return !Check || DeviceCatalog.List().Where(d => d.Obstacle is null).ToList().TrueForAll(d => Compare(session, d.Id)) ? 0 : Failed;
    }

    /// <summary>Prints how a device's fast paths compare.</summary>
    /// <returns>Whether all may be used.</returns>
    private static bool Compare(Session session, string id)
    {
        var checks = Checks(id);
        session.Log(
            checks.Count == 0 ? $"{id}: no fast paths; the portable kernels do all" : $"{id}: fast paths beside the portable kernels");
        foreach (var check in checks)
        {
            session.Log(string.Create(
                CultureInfo.InvariantCulture,
                $"  {(check.Passed ? "ok    " : "FAILED")} {check.Path,-15} {check.Case,-44} {check.Failure ?? $"{check.Error:E1}"}"));
        }

        return checks.All(check => check.Passed);
    }

    /// <summary>The checks in the precision that the device would train with, and after bf16 those that are others in tf32.</summary>
    private static IReadOnlyList<PathCheck> Checks(string id)
    {
        using var device = DeviceCatalog.Open(id);
        if (device.Precision != Precision.BFloat16) return device.Checks;
        using var other = DeviceCatalog.Open(id, precision: Precision.Tf32);
        return [.. device.Checks, .. other.Checks.Where(
            check => check.Path is FastPath.Convolution or FastPath.InputGradient or FastPath.WeightGradient)];
    }

    /// <summary>What would be opened without an option; the list is there for those who find that it cannot.</summary>
    private static (string? Id, string? Problem) Chosen()
    {
        try
        {
            using var device = DeviceCatalog.Open();
            return (device.Info.Id, null);
        }
        catch (Exception e) when (e is ArgumentException or IOException)
        {
            return (null, e.Message);
        }
    }

    private static string Describe(DeviceInfo device)
    {
        string kind = device.Kind switch
        {
            DeviceKind.Cuda => "CUDA GPU",
            DeviceKind.OpenClGpu => "OpenCL GPU",
            DeviceKind.OpenClCpu => "OpenCL CPU",
            _ => "CPU",
        };
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{kind,-10}  {device.Name}: {device.MemoryBytes / (double)(1 << 30):F1} GiB, {device.ComputeUnits} compute units, "
            + $"groups of up to {device.MaxGroupSize}, {device.SharedMemoryBytes / 1024:N0} KiB shared memory");
    }
}
