using Idsnn.Datasets;

namespace Idsnn.Tests.Datasets;

public class MemoryGateTests
{
    [Test]
    public void WorkAtOnceStaysWithinTheLimit()
    {
        var gate = new MemoryGate(100);
        long now = 0, most = 0;
        int[] results = new int[200];

        Parallel.For(0, results.Length, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i => results[i] = gate.Run(i % 60 + 1, () =>
        {
            lock (results) most = Math.Max(most, now += i % 60 + 1);
            Thread.Yield();
            lock (results) now -= i % 60 + 1;
            return i;
        }));

        Assert.That(results, Is.EqualTo(Enumerable.Range(0, 200)));
        Assert.That(most, Is.InRange(60, 100));
    }

    [Test]
    public void WorkLargerThanTheLimitRunsAlone() => Assert.That(new MemoryGate(100).Run(1000, () => 1), Is.EqualTo(1));

    [Test]
    public void WorkThatFailsGivesItsMemoryBack()
    {
        var gate = new MemoryGate(100);
        for (int i = 0; i < 3; i++)
        {
            Assert.That(
                () => gate.Run<int>(100, () => throw new InvalidDataException()), Throws.InstanceOf<InvalidDataException>());
        }
    }
}
