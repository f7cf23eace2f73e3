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
    public void ItsMemoryIsItsOwnAndTheSameAtEveryRun()
    {
        List<long[]> runs = [];
        using var graph = new StepGraph(Device, () =>
        {
            Tensor[] tensors = [.. Enumerable.Range(0, 3).Select(_ => Tensor.Untracked(Device, [1000]))];
            runs.Add([.. tensors.Select(tensor => tensor.Address)]);

            // Handed back in the order that would turn the next run's around.
            foreach (var tensor in tensors) tensor.Dispose();
        });
        for (int i = 0; i < 2; i++) graph.Run();
        using var other = Tensor.Untracked(Device, [1000]);
        graph.Run();

        Assert.That(runs[2], Is.EqualTo(runs[1]));
        Assert.That(runs[2], Has.None.EqualTo(other.Address), "no one else gets its blocks meanwhile");
    }
}
