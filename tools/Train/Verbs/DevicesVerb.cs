using System.Globalization;
using CommandLine;
using CommandLine.Text;
using Idsnn.Engine;

namespace Idsnn.Tools.Train;

[Verb("devices", HelpText = "List the devices, and why others cannot be used.")]
internal sealed class DevicesVerb : Verb
{
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

        session.Log(problem is null ? $"* is what '{asked}' chooses" : $"{DeviceCatalog.Variable} is '{asked}', which chooses none: {problem}");
        return 0;
    }

    /// <summary>What would be opened without an option; the list is there for those who find that it cannot.</summary>
    private static (string? Id, string? Problem) Chosen()
    {
        try
        {
            using var device = DeviceCatalog.Open();
            return (device.Info.Id, null);
        }
        catch (ArgumentException e)
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
