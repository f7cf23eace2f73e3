using Idsnn.Engine;
using Idsnn.Kernels.Launch;
using Idsnn.Kernels.Ops;
using Idsnn.Kernels.Profiling;
using ILGPU;
using ILGPU.Runtime.OpenCL;

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
    public void AKernelMayCallWhatNoKernelOfOursCalls()
    {
        var numbers = Tensor.From(Device, [4], [-1.5f, -0.5f, 0.5f, 2f]);
        Device.Launcher.Run(new Floor(numbers.View), 4);
        Assert.That(numbers.ToArray(), Is.EqualTo(new[] { -2f, -1f, 0f, 2f }));
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

    [Test]
    public void ABuildThatFailsIsTriedOnceMore([Values(0, 1, 2)] int failures)
    {
        int builds = 0;
        var building = Launcher.BuildAfter(
            Task.CompletedTask, () => builds++ < failures ? throw new CLException(CLError.CL_BUILD_PROGRAM_FAILURE) : "built");
        if (failures < 2) Assert.That(building.GetAwaiter().GetResult(), Is.EqualTo("built"));
        else Assert.Throws<CLException>(() => building.GetAwaiter().GetResult());
        Assert.That(builds, Is.EqualTo(Math.Min(failures + 1, 2)));
    }

    [Test]
    public void AProfileHoldsWhatWasLaunchedMeanwhile()
    {
        var counts = Tensor.Full(Device, [40], 0f);
        Device.Launcher.Run(new Visit(counts.View), 4);
        var profile = Device.Launcher.BeginProfile();
        profile.Enter("first");
        Device.Launcher.Run(new Visit(counts.View), 4);
        profile.Enter("second");
        Device.Launcher.Run(new Visit(counts.View), 0);
        Device.Launcher.Run(new Measured(counts.View, new Conv2DSpec(2, 4, 4, 3, 5, 3, 3, 1, 1)), 4);
        Device.Launcher.EndProfile();
        Device.Launcher.Run(new Visit(counts.View), 4);

        Assert.That(Device.Launcher.Profile, Is.Null);
        Assert.That(
            profile.Records.Select(r => (r.Phase, r.Kernel, r.Label, r.Flops, r.Bytes)),
            Is.EqualTo(new[] { ("first", "Visit", "40", 0.0, 160.0), ("second", "Measured", "3→5 3×3/1 @4×4 ×2", 8640.0, 160.0) }));
        Assert.That(profile.Records.Select(r => r.Ms), Is.All.Positive);
        Assert.That(profile.Records.Select(r => r.StartMs), Is.Ordered);
    }

    /// <summary>A kernel that states its arithmetic.</summary>
    public readonly struct Measured(ArrayView<float> counts, Conv2DSpec spec) : IKernel, IMeasured
    {
        public double Flops => spec.Flops;

        public void Execute(int item) => counts[item] += 1f;
    }

    /// <summary>counts[item] += 1.</summary>
    public readonly struct Visit(ArrayView<float> counts) : IKernel
    {
        public void Execute(int item) => counts[item] += 1f;
    }

    public readonly struct Floor(ArrayView<float> numbers) : IKernel
    {
        public void Execute(int item) => numbers[item] = MathF.Floor(numbers[item]);
    }
}
