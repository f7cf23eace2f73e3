using Idsnn.Engine;

namespace Idsnn.Tests;

public sealed class ShapeTests
{
    private readonly Shape shape = [2, 3, 4];

    [Test]
    public void ExtentsRankAndSize()
    {
        Assert.That((shape.Rank, shape.Size, shape[0], shape[^1]), Is.EqualTo((3, 24, 2, 4)));
        Assert.That((default(Shape).Rank, default(Shape).Size), Is.EqualTo((0, 1)), "a scalar");
    }

    [Test]
    public void PartsAndSpreads()
    {
        Assert.That(shape[1..], Is.EqualTo(Shape.Create([3, 4])));
        Shape more = [8, .. shape];
        Assert.That(more, Is.EqualTo(Shape.Create([8, 2, 3, 4])));
    }

    [Test]
    public void EqualityIsThatOfTheExtents()
    {
        Shape same = [2, 3, 4], other = [2, 4, 3];
        Assert.That((shape == same, shape != same, shape == other, shape != other), Is.EqualTo((true, false, false, true)));
        Assert.That(same.GetHashCode(), Is.EqualTo(shape.GetHashCode()));
        Assert.That(shape.Equals((object)same), Is.True);
        Assert.That(shape.Equals("[2, 3, 4]"), Is.False);
    }

    [Test]
    public void PrintsItsExtents() => Assert.That((shape.ToString(), default(Shape).ToString()), Is.EqualTo(("[2, 3, 4]", "[]")));

    [Test]
    public void TooManyElementsAreRefused()
    {
        // The product of the second overflows 64 bits too.
        Failure.Says(
            "a tensor of shape [65536, 65536] has over 2³¹ elements; lower the batch size, width or time-steps",
            () => _ = Shape.Create([65536, 65536]).Size);
        Failure.Says(
            "a tensor of shape [2147483647, 2147483647, 2147483647] has over 2³¹ elements; lower the batch size, width or time-steps",
            () => _ = Shape.Create([int.MaxValue, int.MaxValue, int.MaxValue]).Size);
    }

    [Test]
    public void SizesUpToTheLargestIndexAreTaken()
    {
        Assert.That((Shape.Create([int.MaxValue]).Size, Shape.Create([0, 3]).Size), Is.EqualTo((int.MaxValue, 0)));
        Failure.Says(
            "a tensor of shape [65536, 32768] has over 2³¹ elements; lower the batch size, width or time-steps",
            () => _ = Shape.Create([65536, 32768]).Size);
    }

    [Test]
    public void ShapesThatDifferHaveOtherHashes()
    {
        Shape[] shapes = [[2, 3, 4], [2, 4, 3], [2, 3], [2], []];
        Assert.That(shapes.Select(s => s.GetHashCode()), Is.Unique);
    }

    [Test]
    public void NegativeExtentsAreRefused() =>
        Failure.Says("a shape has no negative extents, got [2, -1]", () => _ = Shape.Create([2, -1]));
}
