using Idsnn.Engine;

namespace Idsnn.Tests;

/// <summary>Work that is run again and again, captured on CUDA.</summary>
public sealed class StepGraphTests(string name) : DeviceTests(name)
{
    [Test]
    public void EveryRunDoesTheWork()
    {
        Tensor one = Tensor.Full(Device, [100], 1f), sum = Tensor.Full(Device, [100], 0f);
        using var graph = new StepGraph(Device, () =>
        {
            using var twice = Ops.AddInto(one, one, null);
            Ops.Accumulate(sum, twice);
        });
        for (int i = 0; i < 5; i++) graph.Run();
        Assert.That(sum.ToArray(), Is.All.EqualTo(10f));
        Assert.That(graph.Captured, Is.EqualTo(Device.Uses(FastPath.Graphs)));
    }

    [Test]
    public void ItsMemoryIsItsOwn()
    {
        long inside = 0, again = 0;
        using var graph = new StepGraph(Device, () =>
        {
            using var tensor = Tensor.Untracked(Device, [1000]);
            (inside, again) = (again, Block(tensor));
        });
        graph.Run();
        using var other = Tensor.Untracked(Device, [1000]);
        graph.Run();
        Assert.That(again, Is.EqualTo(inside), "the same block at every run");
        Assert.That(Block(other), Is.Not.EqualTo(inside), "and no one else's meanwhile");
    }

    private static long Block(Tensor tensor) => tensor.Address;
}
