using Idsnn.Engine;

namespace Idsnn.Tests;

public sealed class TensorTests(string name) : DeviceTests(name)
{
    [Test]
    public void ElementsComeBack([Values(1, 5, 16, 1000)] int count)
    {
        float[] elements = new Draw(count).Fill([count]);
        Assert.That(From([count], elements).ToArray(), Is.EqualTo(elements));
    }

    [Test]
    public void NoElements()
    {
        Assert.That(From([0, 3]).ToArray(), Is.Empty);
        Assert.That(Ops.Add(From([0, 3]), Tensor.Full(Device, [0, 3], 1f)).Shape, Is.EqualTo(Shape.Create([0, 3])));
    }

    [Test]
    public void FullAndCopyFrom()
    {
        var tensor = Tensor.Full(Device, [3], 2.5f);
        Assert.That(tensor.ToArray(), Is.EqualTo(new[] { 2.5f, 2.5f, 2.5f }));
        tensor.CopyFrom([1f, 2f, 3f]);
        Assert.That(tensor.ToArray(), Is.EqualTo(new[] { 1f, 2f, 3f }));
    }

    [Test]
    public void WrongCountsAreRefused()
    {
        Failure.Says("a tensor of shape [2, 2] takes 4 elements, got 3", () => From([2, 2], 1f, 2f, 3f));
        Failure.Says("Reshape: [2, 2] has 4 elements, [3] has 3", () => Tensor.Full(Device, [2, 2], 0f).Reshape([3]));
        Failure.Says("Item: expects one element, got shape [2]", () => Tensor.Full(Device, [2], 0f).Item());
    }

    [Test]
    public void ARefusedParameterLeaksNothing()
    {
        long before = Device.Memory.InUseBytes;
        Failure.Says("a tensor of shape [2] takes 2 elements, got 1", () => Tensor.Parameter(Device, [2], [1f]));
        Assert.That(Device.Memory.InUseBytes, Is.EqualTo(before));
    }

    [Test]
    public void AReshapedTensorSharesItsMemory()
    {
        var tensor = From([2, 2], 1f, 2f, 3f, 4f);
        long bytes = Device.Memory.InUseBytes;
        var reshaped = tensor.Reshape([4, 1]);
        Assert.That(Device.Memory.InUseBytes, Is.EqualTo(bytes));
        tensor.CopyFrom([5f, 6f, 7f, 8f]);
        tensor.Dispose();
        Assert.That(reshaped.ToArray(), Is.EqualTo(new[] { 5f, 6f, 7f, 8f }), "the memory lives until the last handle is disposed");
    }

    [Test]
    public void UseAfterDisposeIsRefused()
    {
        var tensor = From([2], 1f, 2f);
        var other = From([2], 1f, 2f);
        tensor.Dispose();
        Action[] uses =
        [
            () => tensor.ToArray(), () => tensor.CopyFrom([1f, 2f]), () => tensor.Reshape([1, 2]), () => Ops.Add(other, tensor),
            () => Ops.Relu(tensor), () => Ops.Lif(tensor, new Neuron(), 1),
        ];
        foreach (var use in uses)
        {
            Assert.That(use, Throws.InstanceOf<ObjectDisposedException>().With.Message.Contains("the tensor [2] was disposed"));
        }
    }

    [Test]
    public void DisposingTwiceReturnsTheMemoryOnce()
    {
        long before = Device.Memory.InUseBytes;
        var tensor = Tensor.Full(Device, [2], 0f);
        tensor.Dispose();
        tensor.Dispose();
        Assert.That(Device.Memory.InUseBytes, Is.EqualTo(before));
    }

    [Test]
    public void ThenDisposesWhatItReplaces()
    {
        var x = From([2], -1f, 1f);
        var y = x.Then(Ops.Relu);
        Assert.That(y.ToArray(), Is.EqualTo(new[] { 0f, 1f }));
        Assert.That(() => x.ToArray(), Throws.InstanceOf<ObjectDisposedException>());
    }

    [Test]
    public void AParametersGradientGoesWithIt()
    {
        long before = Device.Memory.InUseBytes;
        using (Device.Scope())
        {
            var parameter = Tensor.Parameter(Device, [3], [1f, 2f, 3f]);
            using (var tape = new Tape()) tape.Backward(Contraction.Of(Ops.Scale(parameter, 2f), [1f, 1f, 1f]));
            Assert.That(parameter.Gradient!.ToArray(), Is.EqualTo(new[] { 2f, 2f, 2f }));
            parameter.Dispose();
        }

        Assert.That(Device.Memory.InUseBytes, Is.EqualTo(before));
    }

    [Test]
    public void LabelsRefuseNegativesAndUseAfterDispose()
    {
        Failure.Says("Labels: a label is a class's index from 0 on, got -1", () => _ = new Labels(Device, [0, -1]));
        var labels = new Labels(Device, [0]);
        labels.Dispose();
        labels.Dispose();
        Assert.That(
            () => Ops.CrossEntropy(Tensor.Full(Device, [1, 2], 0f), labels), Throws.InstanceOf<ObjectDisposedException>());
    }
}
