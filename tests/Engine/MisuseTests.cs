using Idsnn.Engine;
using Idsnn.Kernels.Launch;
using Idsnn.Kernels.Ops;

namespace Idsnn.Tests;

/// <summary>What would compute wrongly, or not at all, is refused at once and says what to do.</summary>
public sealed class MisuseTests(string name) : DeviceTests(name)
{
    [Test]
    public void DisposingTwiceIsHarmless()
    {
        using var parameter = Tensor.Parameter(Device, [2], [1f, 2f]);
        using var velocity = Tensor.Persistent(Device, [2], [0f, 0f]);
        using var gate = new UpdateGate(Device);
        var update = new SgdUpdate([(parameter, velocity)], gate, new SgdSpec(0.1f, 0f, 0f, false));
        if (SgdUpdate.Supports(Device))
        {
            parameter.Slot!.Add(From([2], 1f, 1f));
            update.Run();
        }

        long before = Device.Memory.InUseBytes;
        foreach (var owner in (IDisposable[])
        [
            new DrawNumber(Device), new Labels(Device, [1]), new NeuronActivity(), new StepGraph(Device, () => { }, []), Device.Scope(),
            new Tape(),
        ])
        {
            owner.Dispose();
            owner.Dispose();
        }

        Assert.That(Device.Memory.InUseBytes, Is.EqualTo(before));
        update.Dispose();
        update.Dispose();

        // A block that was given back twice would be handed out twice.
        var tensors = Enumerable.Range(0, 8).Select(i => Tensor.Full(Device, [2], i)).ToArray();
        for (int i = 0; i < tensors.Length; i++) Assert.That(tensors[i].ToArray(), Is.All.EqualTo((float)i));
    }

    [Test]
    public void MemoryIsGivenBackOnce()
    {
        var storage = new Storage(Device.Memory, 1);
        storage.Release();
        Failure.Says<InvalidOperationException>("memory was given back twice: two tensors would get it next", storage.Release);
    }

    [Test]
    public void NothingIsUsedAfterItsDisposal()
    {
        var number = new DrawNumber(Device);
        number.Dispose();
        Assert.That(() => number.Set(1), Throws.InstanceOf<ObjectDisposedException>());
        var graph = new StepGraph(Device, () => { }, []);
        graph.Dispose();
        Assert.That(graph.Run, Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(() => graph.RunOther(() => { }), Throws.InstanceOf<ObjectDisposedException>());
        var labels = new Labels(Device, [1]);
        labels.Dispose();
        Assert.That(() => labels.CopyFrom([0]), Throws.InstanceOf<ObjectDisposedException>());
        var parameter = Tensor.Parameter(Device, [1], [1f]);
        parameter.Dispose();
        Assert.That(() => parameter.Gradient, Throws.InstanceOf<ObjectDisposedException>());
    }

    [Test]
    public void AParameterThatIsGoneBeforeBackwardIsNamed()
    {
        var parameter = Tensor.Parameter(Device, [1], [1f]);
        using var tape = new Tape();
        var y = Ops.Scale(parameter, 2f);
        parameter.Dispose();
        Failure.Says<ObjectDisposedException>(
            "the parameter [1] was disposed before the backward pass reached it\nObject name: 'Tensor'.", () => tape.Backward(y));
    }

    [Test]
    public void BackwardRunsOnceUnderItsOwnTape()
    {
        const string gone = "Backward: what made [1] has run backward already, or is on another tape; compute it again under this one";
        using var x = Tensor.Parameter(Device, [1], [1f]);
        var tape = new Tape();
        var y = Ops.Scale(x, 2f);
        tape.Backward(y);
        Failure.Says(gone, () => tape.Backward(y));
        Assert.That(x.Gradient!.Item(), Is.EqualTo(2f), "the second changed nothing");

        var again = Ops.Scale(x, 3f);
        using (var inner = new Tape()) Failure.Says(gone, () => inner.Backward(again));
        tape.Backward(again);
        Assert.That(x.Gradient.Item(), Is.EqualTo(5f), "a tape takes another step");

        Failure.Says(
            "what made [1] has run backward or lost its tape: compute it again under this tape",
            () => Ops.Relu(y));
        tape.Dispose();
        Assert.That(() => tape.Backward(y), Throws.InstanceOf<ObjectDisposedException>());
    }

    [Test]
    public void ScopesAndTapesEndInReverseOrder()
    {
        const string tapes = "tapes, and suspensions by NoGrad, end in the reverse order of their start, on the thread that started them; "
            + "dispose the inner one first";
        var outer = Device.Scope();
        var inner = Device.Scope();
        var tensor = Tensor.Full(Device, [1], 1f);
        Failure.Says<InvalidOperationException>(
            "a tensor scope was disposed while one in it is open; dispose the inner scope first", outer.Dispose);
        Assert.That(tensor.Item(), Is.EqualTo(1f), "nothing was disposed");
        inner.Dispose();
        outer.Dispose();

        Tape around = new(), within = new();
        Failure.Says<InvalidOperationException>(tapes, around.Dispose);
        var suspension = Tape.NoGrad();
        Failure.Says<InvalidOperationException>(tapes, within.Dispose);
        suspension.Dispose();
        suspension.Dispose();
        within.Dispose();
        around.Dispose();
    }

    [Test]
    public void AnotherThreadIsKeptOutWhileAScopeIsOpen()
    {
        string message = $"the device {Device.Info.Id} is in use by another thread; one thread at a time may use a device: "
            + "let that thread end its work and dispose its tensor scope first, or open a device for each thread";
        using var x = Tensor.Persistent(Device, [1], [1f]);
        foreach (Action use in (Action[])[() => x.Item(), () => Ops.Scale(x, 2f), () => Device.Scope(), x.Dispose, Device.Synchronize])
        {
            var other = Task.Run(use);
            Assert.That(() => other.GetAwaiter().GetResult(), Throws.InvalidOperationException.With.Message.EqualTo(message));
        }

        Assert.That(Ops.Scale(x, 2f).Item(), Is.EqualTo(2f));
    }

    [Test]
    public void OneThreadAtATime()
    {
        var use = new ExclusiveUse("opencl:0");
        using var other = new Barrier(2);
        var holder = Task.Run(() =>
        {
            using var turn = use.Enter();
            using var inner = use.Enter();
            other.SignalAndWait();
            other.SignalAndWait();
        });
        other.SignalAndWait();
        Assert.That(() => use.Enter().Dispose(), Throws.InvalidOperationException);
        other.SignalAndWait();
        holder.Wait();
        use.Enter().Dispose();
        use.Claim();
        Assert.That(() => Task.Run(() => use.Enter().Dispose()).GetAwaiter().GetResult(), Throws.InvalidOperationException);
        use.Release();
        Task.Run(() => use.Enter().Dispose()).Wait();
        use.Close();
        Assert.That(() => use.Enter().Dispose(), Throws.InstanceOf<ObjectDisposedException>());
    }

    [Test]
    public void AFilledTensorIsPackedAnew()
    {
        using var weight = Tensor.Persistent(Device, [1, 1, 8, 8], new float[64]);
        var x = Tensor.Full(Device, [1, 1, 1, 8], 1f);
        Assert.That(Ops.Conv2D(x, weight).ToArray(), Is.All.Zero);
        weight.Fill(1f);
        Assert.That(Ops.Conv2D(x, weight).ToArray(), Is.All.EqualTo(8f));
        Ops.Accumulate(weight, Tensor.Full(Device, [1, 1, 8, 8], 1f));
        Assert.That(Ops.Conv2D(x, weight).ToArray(), Is.All.EqualTo(16f));
    }
}
