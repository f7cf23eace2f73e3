using Idsnn.Engine;

namespace Idsnn.Tests;

public sealed class WeightAverageTests(string name) : DeviceTests(name)
{
    [Test]
    public void MoveTowardsIsAnExponentialAverage([Values(0f, 0.5f, 0.99f)] float decay, [Values(1, 16, 37)] int count)
    {
        var draw = new Draw(count);
        float[] start = draw.Fill([count]);
        double[] expected = start.Widen();
        using var average = Tensor.Persistent(Device, [count], start);
        for (int step = 0; step < 5; step++)
        {
            float[] value = draw.Fill([count]);
            Ops.MoveTowards(average, From([count], value), decay);
            for (int i = 0; i < count; i++) expected[i] = (decay * expected[i]) + ((1 - (double)decay) * value[i]);
        }

        Close.To(expected, average.ToArray(), 1e-6, "average");
    }

    [Test]
    public void AnEqualValueMovesNothing()
    {
        float[] numbers = new Draw(1).Fill([100]);
        var average = From([100], numbers);
        for (int i = 0; i < 10; i++) Ops.MoveTowards(average, From([100], numbers), 0.999f);

        Assert.That(average.ToArray(), Is.EqualTo(numbers));
    }

    [Test]
    public void ExchangeIsExact([Values(1, 16, 37)] int count)
    {
        float[] one = new Draw(1).Fill([count]), two = new Draw(2).Fill([count]);
        (one[0], two[0]) = (float.NaN, -0f);
        Tensor a = From([count], one), b = From([count], two);

        Ops.Exchange(a, b);

        Assert.That(a.ToArray().Select(BitConverter.SingleToInt32Bits), Is.EqualTo(two.Select(BitConverter.SingleToInt32Bits)));
        Assert.That(b.ToArray().Select(BitConverter.SingleToInt32Bits), Is.EqualTo(one.Select(BitConverter.SingleToInt32Bits)));
    }

    [Test]
    public void WrongShapesAreRefused()
    {
        Tensor two = Tensor.Full(Device, [2], 1f), three = Tensor.Full(Device, [3], 1f);
        Failure.Says("MoveTowards: average [2] and value [3] differ", () => Ops.MoveTowards(two, three, 0.5f));
        Failure.Says("Exchange: the shapes [2] and [3] differ", () => Ops.Exchange(two, three));
    }
}
