using Idsnn.Engine;

namespace Idsnn.Tests;

/// <summary>The devices that the tests run on; one that is absent shows as skipped, with the reason.</summary>
/// <example>[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))] public sealed class XTests(string name)</example>
public static class TestDevices
{
    private static readonly Dictionary<string, Device> Opened = [];

    /// <summary>cpu, opencl and cuda, each as a fixture argument.</summary>
    public static IEnumerable<TestFixtureData> All()
    {
        var devices = DeviceCatalog.List();
        foreach (string name in (string[])["cpu", "opencl:0", "cuda:0"])
        {
            var data = new TestFixtureData(name).SetArgDisplayNames(name.Split(':')[0]);
            var info = devices.FirstOrDefault(d => d.Id == name || d.Id == name.Split(':')[0]);
            yield return info is { Obstacle: null } ? data : data.Ignore(info?.Obstacle ?? $"no device {name}");
        }
    }

    /// <summary>The device, opened once for all tests.</summary>
    public static Device Get(string name)
    {
        lock (Opened)
        {
            if (!Opened.TryGetValue(name, out var device))
            {
                Opened.Add(name, device = DeviceCatalog.Open(name, precision: Precision.Full));

                // The device's shared zeros stay for good; rented now, they do not look like a leak of the first test to need them.
                _ = device.Zeros(1);
            }

            return device;
        }
    }
}
