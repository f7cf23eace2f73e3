using Idsnn.Engine;

namespace Idsnn.Tests;

public sealed class ReductionsTests(string name) : DeviceTests(name)
{
    [Test]
    public void TheSquaredNormIsOfAllTensorsTogether()
    {
        var draw = new Draw(1);
        Shape[] shapes = [[3], [2, 5, 7], [1], [1024], [1025], [4, 700]];
        float[][] elements = [.. shapes.Select(shape => draw.Fill(shape))];
        var tensors = shapes.Zip(elements, (shape, x) => From(shape, x)).ToList();
        double expected = elements.Sum(x => x.Sum(v => (double)v * v));

        Assert.That(Ops.SquaredNorm(tensors).Item(), Is.EqualTo(expected).Within(1e-5 * expected));
    }

    [Test]
    public void ANormOfNothingIsRefused() => Failure.Says("SquaredNorm: expects at least one tensor", () => Ops.SquaredNorm([]));
}
