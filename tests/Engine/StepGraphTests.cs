using Idsnn.Engine;

namespace Idsnn.Tests;

/// <summary>Work that is run again and again, captured on CUDA and by the emulation of graphs elsewhere.</summary>
public sealed class StepGraphTests(string name) : DeviceTests(name)
{
    [SetUp]
    public void Emulate() => Device.EmulatesGraphs = Device.Info.Kind != DeviceKind.Cuda;

    [TearDown]
    public void StopEmulating()
    {
        Device.EmulatesGraphs = false;
        Device.Switch(FastPath.Graphs, on: true);
    }

    [Test]
    public void EveryRunDoesTheWork()
    {
        Tensor one = Tensor.Full(Device, [100], 1f), sum = Tensor.Full(Device, [100], 0f);
        int onHost = 0;
        void Work()
        {
            using var twice = Ops.AddInto(one, one, null);
            Ops.Accumulate(sum, twice);
            onHost++;
        }

        using var graph = new StepGraph(Device, Work, [sum], () => onHost++);
        for (int i = 0; i < 5; i++) graph.Run();
        Assert.That(sum.ToArray(), Is.All.EqualTo(10f));
        Assert.That((graph.Captured, onHost), Is.EqualTo((true, 5)));
    }

    [Test]
    public void WhereNothingIsCapturedTheWorkRuns()
    {
        Device.Switch(FastPath.Graphs, on: false);
        var sum = Tensor.Full(Device, [1], 0f);
        using var graph = new StepGraph(Device, () => Ops.Accumulate(sum, Tensor.Full(Device, [1], 1f)), [sum]);
        for (int i = 0; i < 5; i++) graph.Run();
        Assert.That((graph.Captured, sum.Item()), Is.EqualTo((false, 5f)));
    }

    [Test]
    public void ItsMemoryIsItsOwnAndTheSameAtEveryRun()
    {
        List<long[]> runs = [];
        void Work()
        {
            Tensor[] tensors = [.. Enumerable.Range(0, 3).Select(_ => Tensor.Untracked(Device, [1000]))];
            runs.Add([.. tensors.Select(tensor => tensor.Address)]);

            // Handed back in the order that would turn the next run's around.
            foreach (var tensor in tensors) tensor.Dispose();
        }

        using var graph = new StepGraph(Device, Work, []);
        for (int i = 0; i < 2; i++) graph.Run();
        using var other = Tensor.Untracked(Device, [1000]);
        graph.Run();

        Assert.That(runs[2], Is.EqualTo(runs[1]));
        Assert.That(runs[2], Has.None.EqualTo(other.Address), "no one else gets its blocks meanwhile");
    }

    /// <summary>
    /// A weight that the work changes is packed for its convolution. Whoever else uses it before the capture or between replays leaves it
    /// packed, and must find it packed anew.
    /// </summary>
    [Test]
    public void PackedWeightsFollowTheWeight()
    {
        var draw = new Draw(1);
        Tensor x = From([1, 6, 6, 8], draw.Fill([1, 6, 6, 8])), aim = From([3, 3, 8, 8], draw.Fill([3, 3, 8, 8]));
        float[] start = draw.Fill([3, 3, 8, 8]);
        float[][] Run(bool captures)
        {
            Device.Switch(FastPath.Graphs, captures);
            Tensor weight = From([3, 3, 8, 8], start), sum = Tensor.Full(Device, [1, 6, 6, 8], 0f);
            using var graph = new StepGraph(Device, () => Work(weight, sum), [weight, sum]);
            List<float[]> seen = [];
            for (int i = 0; i < 7; i++)
            {
                if (i != 5) seen.Add(Ops.Conv2D(x, weight, null, 1, 1).ToArray());
                if (i == 4) graph.RunOther(() => Work(weight, sum));
                else graph.Run();
                seen.Add(sum.ToArray());
            }

            Assert.That(graph.Captured, Is.EqualTo(captures));
            return [.. seen];
        }

        void Work(Tensor weight, Tensor sum)
        {
            using var y = Ops.Conv2D(x, weight, null, 1, 1);
            Ops.Accumulate(sum, y);
            Ops.MoveTowards(weight, aim, 0.7f);
        }

        Assert.That(Run(captures: true), Is.EqualTo(Run(captures: false)));
    }

    [Test]
    public void WorkThatCannotBeCapturedIsToldOfAndRuns()
    {
        var sum = Tensor.Full(Device, [1], 0f);
        void Work()
        {
            using var one = Tensor.From(Device, [1], [1f]);
            Ops.Accumulate(sum, one);
        }

        using var graph = new StepGraph(Device, Work, [sum]);
        List<string> told = Warnings(() =>
        {
            for (int i = 0; i < 5; i++) graph.Run();
        });

        Assert.That((graph.Captured, sum.Item()), Is.EqualTo((false, 5f)));
        Assert.That(told.Single(), Does.EndWith(
            ": steps cannot be captured as a graph and are launched kernel by kernel: "
            + "host memory was to be copied within work that is captured as a graph"));
    }

    [Test]
    public void WorkThatLeavesTensorsIsNotCaptured()
    {
        List<Tensor> left = [];
        using var graph = new StepGraph(Device, () => left.Add(Tensor.Untracked(Device, [1])), []);
        List<string> told = Warnings(() =>
        {
            for (int i = 0; i < 4; i++) graph.Run();
        });
        left.ForEach(tensor => tensor.Dispose());

        Assert.That((graph.Captured, left.Count), Is.EqualTo((false, 4)));
        Assert.That(told.Single(), Does.EndWith("launched kernel by kernel: 1 of its tensors outlive it"));
    }

    private static List<string> Warnings(Action action)
    {
        List<string> told = [];
        DeviceCatalog.Warning += told.Add;
        try
        {
            action();
        }
        finally
        {
            DeviceCatalog.Warning -= told.Add;
        }

        return told;
    }
}
