using Idsnn.Engine;

namespace Idsnn.Tests;

/// <summary>The devices that the tests run on: those that are present. <see cref="DevicesPresentTests"/> names the others.</summary>
/// <example>[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))] public sealed class XTests(string name)</example>
public static class TestDevices
{
    private static readonly Dictionary<string, Device> Opened = [];

    /// <summary>The kinds of device that the tests are for, and why one cannot be used here; null where it can.</summary>
    public static IEnumerable<(string Name, string? Obstacle)> Kinds()
    {
        var devices = DeviceCatalog.List();
        foreach (string name in (string[])["cpu", "opencl:0", "cuda:0"])
        {
            var info = devices.FirstOrDefault(d => d.Id == name || d.Id == name.Split(':')[0]);
            yield return (name, info is null ? $"no device {name}" : info.Obstacle);
        }
    }

    /// <summary>The names of those that are present.</summary>
    public static IEnumerable<string> Present => Kinds().Where(kind => kind.Obstacle is null).Select(kind => kind.Name);

    /// <summary>Those that are present, each as a fixture argument.</summary>
    public static IEnumerable<TestFixtureData> All() =>
        Present.Select(name => new TestFixtureData(name).SetArgDisplayNames(name.Split(':')[0]));

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
