using Idsnn.Engine;

namespace Idsnn.Tests;

/// <summary>Spikes are bytes on the device; every op that reads them gives what it gives for the same numbers.</summary>
public sealed class SpikesTests(string name) : DeviceTests(name)
{
    [Test]
    public void ConvolutionsReadThem([Values(3, 16)] int channels, [Values(1, 2)] int stride, [Values(1, 3)] int kernel)
    {
        var draw = new Draw(1);
        Shape shape = [2, 6, 5, channels];
        var spikes = Ops.Lif(From(shape, draw.Fill(shape)), new Neuron(Threshold: 0.2f), 1);
        var numbers = From(shape, spikes.ToArray());
        Assert.That((spikes.IsSpikeBytes, numbers.IsSpikeBytes), Is.EqualTo((true, false)));
        float[] weight = draw.Fill([kernel, kernel, channels, 16]);
        Assert.That(Convolve(spikes, weight, stride), Is.EqualTo(Convolve(numbers, weight, stride)));
    }

    [Test]
    public void AdditionKeepsWholeNumbersInBytes()
    {
        var ones = Ops.Lif(Tensor.Full(Device, [33], 1f), new Neuron(), 1);
        var sum = Ops.Add(Ops.Add(ones, ones), ones);
        Assert.That((sum.IsSpikeBytes, sum.ToArray().Distinct().Single()), Is.EqualTo((true, 3f)));
        var mixed = Ops.Add(sum, Tensor.Full(Device, [33], 0.5f));
        Assert.That((mixed.IsSpikeBytes, mixed.ToArray().Distinct().Single()), Is.EqualTo((false, 3.5f)));
    }

    [Test]
    public void MeansReadThem()
    {
        var draw = new Draw(2);
        var spikes = Ops.Lif(From([4, 2, 2, 3], draw.Fill([4, 2, 2, 3])), new Neuron(Threshold: 0.1f), 1);
        var numbers = From(spikes.Shape, spikes.ToArray());
        Assert.That(Ops.GlobalAveragePool(spikes).ToArray(), Is.EqualTo(Ops.GlobalAveragePool(numbers).ToArray()));
        Assert.That(Ops.MeanOverTime(spikes, 2).ToArray(), Is.EqualTo(Ops.MeanOverTime(numbers, 2).ToArray()));
    }

    [Test]
    public void OpsOnNumbersRefuseThem()
    {
        var spikes = Ops.Lif(Tensor.Full(Device, [3], 1f), new Neuron(), 1);
        Assert.That(
            () => Ops.Relu(spikes),
            Throws.InvalidOperationException.With.Message.EqualTo("the tensor [3] holds spikes where numbers are wanted"));
    }

    private float[] Convolve(Tensor x, float[] weights, int stride)
    {
        using var tape = new Tape();
        using var weight = Tensor.Parameter(Device, [.. Square(weights.Length / 16 / x.Shape[3]), x.Shape[3], 16], weights);
        var y = Ops.Conv2D(x, weight, null, stride, 1);
        tape.Backward(Contraction.Of(y, new Draw(3).Fill(y.Shape)));
        return [.. y.ToArray(), .. weight.Gradient!.ToArray()];
    }

    private static Shape Square(int taps) => taps == 1 ? [1, 1] : [3, 3];
}
