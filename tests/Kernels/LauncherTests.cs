using Idsnn.Engine;
using Idsnn.Kernels;
using ILGPU;

namespace Idsnn.Tests;

public sealed class LauncherTests(string name) : DeviceTests(name)
{
    [Test]
    public void EveryItemRunsOnce([Values(0, 1, 2, 3, 63, 64, 65, 1000, 5001)] int items)
    {
        // Sixteen more than the items: none may run past the end.
        var counts = Tensor.Full(Device, [items + 16], 0f);
        Device.Launcher.Run(new Visit(counts.View), items);
        Assert.That(counts.ToArray(), Is.EqualTo(Enumerable.Repeat(1f, items).Concat(Enumerable.Repeat(0f, 16))));
    }

    [Test]
    public void LaunchesAreCounted()
    {
        var counts = Tensor.Full(Device, [4], 0f);
        long before = Device.Launcher.Launches;
        Device.Launcher.Run(new Visit(counts.View), 4);
        Device.Launcher.Run(new Visit(counts.View), 0);
        Assert.That(Device.Launcher.Launches - before, Is.EqualTo(1), "a launch of nothing is none");
    }

    /// <summary>counts[item] += 1.</summary>
    public readonly struct Visit(ArrayView<float> counts) : IKernel
    {
        public void Execute(int item) => counts[item] += 1f;
    }
}
