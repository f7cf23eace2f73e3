using Idsnn.Datasets;

namespace Idsnn.Tests.Datasets;

[CancelAfter(30_000)]
public class PrefetchTests
{
    [Test]
    public void ItemsComeInOrderThoughMadeOutOfOrder([Values(0, 1, 3)] int workers)
    {
        IEnumerable<int> items = Prefetch.InOrder(
            20,
            workers,
            ahead: 4,
            i =>
            {
                Thread.Sleep(i % 4 == 0 ? 4 : 0);
                return i;
            },
            _ => { });

        Assert.That(items, Is.EqualTo(Enumerable.Range(0, 20)));
    }

    [Test]
    public void NoMoreThanAheadAreMadeBeforeTheyAreAskedFor([Values(1, 2)] int workers)
    {
        int made = 0;
        using IEnumerator<int> items = Prefetch.InOrder(20, workers, ahead: 3, _ => Interlocked.Increment(ref made), _ => { })
            .GetEnumerator();

        items.MoveNext();
        Assert.That(() => Volatile.Read(ref made), Is.EqualTo(3).After(5_000, 1));
        Thread.Sleep(20);
        Assert.That(made, Is.EqualTo(3));

        items.MoveNext();
        Assert.That(() => Volatile.Read(ref made), Is.EqualTo(4).After(5_000, 1));
    }

    [Test]
    public void AsManyWorkAtOnceAsThereAreWorkers([Values(1, 2)] int workers)
    {
        // Each waits until all are there; one too many would be counted.
        using var all = new Barrier(workers);
        int working = 0, most = 0;
        var items = Prefetch.InOrder(
            8,
            workers,
            ahead: 8,
            i =>
            {
                int now = Interlocked.Increment(ref working);
                InterlockedMax(ref most, now);
                bool met = all.SignalAndWait(10_000);
                Thread.Sleep(25); // time for one too many to come
                Interlocked.Decrement(ref working);
                return met;
            },
            _ => { });

        Assert.That(items, Is.All.True);
        Assert.That(most, Is.EqualTo(workers));
    }

    [Test]
    public void ZeroWorkersStayInTheCallersThread() => Assert.That(
        Prefetch.InOrder(5, workers: 0, ahead: 2, _ => Environment.CurrentManagedThreadId, _ => { }),
        Is.All.EqualTo(Environment.CurrentManagedThreadId));

    [Test]
    public void ErrorComesInItsItemsPlace([Values(0, 1, 3)] int workers)
    {
        var seen = new List<int>();
        IEnumerable<int> items = Prefetch.InOrder(
            20, workers, ahead: 4, i => i == 6 ? throw new InvalidDataException("sixth") : i, _ => { });

        Assert.That(
            () =>
            {
                foreach (int item in items) seen.Add(item);
            },
            Throws.InstanceOf<InvalidDataException>().With.Message.EqualTo("sixth"));
        Assert.That(seen, Is.EqualTo(Enumerable.Range(0, 6)));
    }

    [Test]
    public void StoppingWaitsForTheMakersAndCancelsTheRest()
    {
        int working = 0, made = 0, recycled = 0;
        foreach (int item in Prefetch.InOrder(
            1000,
            workers: 2,
            ahead: 1000,
            i =>
            {
                Interlocked.Increment(ref working);
                Thread.Sleep(10);
                Interlocked.Increment(ref made);
                Interlocked.Decrement(ref working);
                return i;
            },
            _ => recycled++))
        {
            if (item == 2) break;
        }

        Assert.That(working, Is.Zero);
        Assert.That(made, Is.LessThan(1000), "the rest was cancelled: making all takes five seconds");
        Assert.That(recycled, Is.EqualTo(made - 1), "all but the one in hand came back");
    }

    [Test]
    public void EveryItemIsRecycledAfterUse([Values(0, 2)] int workers)
    {
        var recycled = new List<int>();
        foreach (int item in Prefetch.InOrder(9, workers, ahead: 3, i => i, recycled.Add)) Assert.That(recycled, Has.No.Member(item));

        Assert.That(recycled, Is.EqualTo(Enumerable.Range(0, 9)));
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref target)) < value && Interlocked.CompareExchange(ref target, value, seen) != seen)
        {
        }
    }
}
