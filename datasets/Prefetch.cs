namespace Idsnn.Datasets;

/// <summary>Makes items ahead of the one who consumes them.</summary>
internal static class Prefetch
{
    /// <summary>
    /// Yields make(0), make(1), … make(count - 1) in this order. Up to <paramref name="workers"/> run at once on the thread
    /// pool, and no more than <paramref name="ahead"/> items wait or are in the making; with 0 workers an item is made in the
    /// caller's thread when it is asked for.
    /// </summary>
    /// <param name="count">How many items.</param>
    /// <param name="workers">How many are made at once.</param>
    /// <param name="ahead">How many may be made before they are asked for; at least 1.</param>
    /// <param name="make">Makes item i; called from several threads. What it throws, the consumer gets in item i's place.</param>
    /// <param name="recycle">
    /// Gets every item back once the consumer has moved on, and those he never saw. The one he held when he stopped stays his.
    /// </param>
    public static IEnumerable<T> InOrder<T>(int count, int workers, int ahead, Func<int, T> make, Action<T> recycle)
    {
        if (workers == 0)
        {
            for (int i = 0; i < count; i++)
            {
                T item = make(i);
                yield return item;
                recycle(item);
            }

            yield break;
        }

        using var stop = new CancellationTokenSource();
        var scheduler = new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, workers).ConcurrentScheduler;
        var pending = new Queue<Task<T>>();
        try
        {
            for (int i = 0, started = 0; i < count; i++)
            {
                for (; started < count && started - i < ahead; started++)
                {
                    int next = started;
                    pending.Enqueue(Task.Factory.StartNew(() => make(next), stop.Token, TaskCreationOptions.None, scheduler));
                }

                T item = pending.Dequeue().GetAwaiter().GetResult();
                yield return item;
                recycle(item);
            }
        }
        finally
        {
            // Those not yet begun are cancelled; those in the making are waited for, so nothing runs on behind the consumer.
            stop.Cancel();
            Task rest = Task.WhenAll(pending);
            rest.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();
            foreach (Task<T> task in pending.Where(task => task.IsCompletedSuccessfully)) recycle(task.Result);
        }
    }
}
