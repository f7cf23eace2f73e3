using Idsnn.Engine;

namespace Idsnn.Tests;

public sealed class SurrogatesTests
{
    [Test]
    public void DerivativeIsThatOfThePrimitive([Values] Surrogate surrogate, [Values(0.2f, 0.5f, 2f)] float width)
    {
        var (primitive, derivative) = Surrogates.Of(surrogate);
        const double step = 1e-5;

        // Odd multiples of a sixteenth miss the kinks at 0 and ±width.
        for (int i = -41; i <= 41; i += 2)
        {
            float v = i / 16f * width;
            double slope = (primitive(v + step, width) - primitive(v - step, width)) / (2 * step);
            Assert.That(derivative(v, width), Is.EqualTo(slope).Within(1e-5 / width), $"at {v}");
        }
    }

    [Test]
    public void AreaIsOne([Values] Surrogate surrogate, [Values(0.2f, 0.5f, 2f)] float width)
    {
        var (primitive, derivative) = Surrogates.Of(surrogate);
        Assert.That(primitive(1e9, width) - primitive(-1e9, width), Is.EqualTo(1).Within(1e-6), "of the primitive");

        // The midpoint rule over ±200 widths; an arctangent's tails hold 2/(π²·200) beyond.
        double area = 0, step = width / 64;
        for (double v = (-200 * width) + (step / 2); v < 200 * width; v += step) area += step * derivative((float)v, width);
        Assert.That(area, Is.EqualTo(1).Within(0.0025), "of the derivative");
    }

    [Test]
    public void LargestAtTheThreshold([Values] Surrogate surrogate) => Assert.That(
        Surrogates.Of(surrogate).Derivative(0f, 0.5f),
        Is.EqualTo(Enumerable.Range(-40, 81).Max(i => Surrogates.Of(surrogate).Derivative(i / 20f, 0.5f))));
}
