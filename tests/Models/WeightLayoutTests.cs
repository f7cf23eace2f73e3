using Idsnn.Engine;
using Idsnn.Models;

namespace Idsnn.Tests;

public sealed class WeightLayoutTests
{
    [Test]
    public void ConvolutionsAreOutputsFirstInPyTorch()
    {
        const int kh = 2, kw = 3, ci = 4, co = 5;
        Shape shape = [kh, kw, ci, co];
        var device = new float[shape.Size];
        var expected = new float[shape.Size];
        foreach (var (h, w) in Loop.Over(kh, kw))
        {
            foreach (var (i, o) in Loop.Over(ci, co))
            {
                float value = (1000 * h) + (100 * w) + (10 * i) + o;
                device[(((((h * kw) + w) * ci) + i) * co) + o] = value;
                expected[(((((o * ci) + i) * kh) + h) * kw) + w] = value;
            }
        }

        Shape published = [co, ci, kh, kw];
        Assert.That(WeightLayout.ToPyTorch(shape), Is.EqualTo(published));
        Assert.That(WeightLayout.ToPyTorch(device, shape), Is.EqualTo(expected));
        Assert.That(WeightLayout.FromPyTorch(expected, shape), Is.EqualTo(device));
    }

    [Test]
    public void ClassifiersAreTransposed()
    {
        Shape shape = [3, 2], published = [2, 3];
        Assert.That(WeightLayout.ToPyTorch(shape), Is.EqualTo(published));
        Assert.That(WeightLayout.ToPyTorch([1, 2, 3, 4, 5, 6], shape), Is.EqualTo(new float[] { 1, 3, 5, 2, 4, 6 }));
        Assert.That(WeightLayout.FromPyTorch([1, 3, 5, 2, 4, 6], shape), Is.EqualTo(new float[] { 1, 2, 3, 4, 5, 6 }));
    }

    [Test]
    public void VectorsStay() => Assert.That(WeightLayout.ToPyTorch([1, 2], [2]), Is.EqualTo(new float[] { 1, 2 }));
}
