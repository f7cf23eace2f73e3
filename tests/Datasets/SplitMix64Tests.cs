using Idsnn.Datasets;

namespace Idsnn.Tests.Datasets;

public class SplitMix64Tests
{
    /// <summary>The values are an independent program's.</summary>
    [Test]
    public void BitsArePinned()
    {
        var random = new SplitMix64(1, 2, 3);

        Assert.That(new[] { random.NextBits(), random.NextBits() }, Is.EqualTo(new[] { 2399657773382937285UL, 8067101194408944102UL }));
    }

    [Test]
    public void SeedAndEveryWordOfTheStreamMatter()
    {
        ulong[] first =
        [
            new SplitMix64(0).NextBits(), new SplitMix64(1).NextBits(),
            new SplitMix64(0, 0).NextBits(), new SplitMix64(0, 1).NextBits(),
            new SplitMix64(0, 0, 0).NextBits(), new SplitMix64(0, 0, 1).NextBits(), new SplitMix64(0, 1, 0).NextBits(),
        ];

        Assert.That(first, Is.Unique);
    }

    [Test]
    public void NextIsUniform()
    {
        const int Sides = 6, Throws = 60_000;
        var random = new SplitMix64(5);
        var counts = new int[Sides];
        for (int i = 0; i < Throws; i++) counts[random.Next(Sides)]++;

        // Chi squared with 5 degrees of freedom stays under 25.7 in 9,999 of 10,000 cases.
        double expected = Throws / (double)Sides;
        Assert.That(counts.Sum(c => (c - expected) * (c - expected) / expected), Is.LessThan(25.7));
    }

    [Test]
    public void FloatsFillTheirRange()
    {
        var random = new SplitMix64(6);
        float[] draws = [.. Enumerable.Range(0, 10_000).Select(_ => random.Between(-2, 3))];

        Assert.That(draws, Is.All.InRange(-2f, 3f));
        Assert.That(draws.Min(), Is.LessThan(-1.99f));
        Assert.That(draws.Max(), Is.GreaterThan(2.99f).And.LessThan(3f));
        Assert.That(draws.Average(), Is.EqualTo(0.5).Within(0.05));
    }
}
