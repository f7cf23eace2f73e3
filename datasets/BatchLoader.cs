using System.Collections.Concurrent;

namespace Idsnn.Datasets;

/// <summary>
/// Cuts an image set into shuffled batches with draws for their augmentation, made in the background. A batch depends on (seed, epoch,
/// index) alone: neither the number of workers nor their timing nor the epochs run before change it.
/// </summary>
public sealed class BatchLoader
{
    private readonly ImageSet set;
    private readonly int batchSize;
    private readonly Augmentation augmentation;
    private readonly bool shuffle;
    private readonly ulong seed;
    private readonly int workers;
    private readonly int prefetch;

    private readonly ConcurrentBag<Batch> full = [];
    private readonly ConcurrentBag<Batch> partial = [];

    /// <summary>Prepares to load; no work is done before <see cref="Epoch"/> is enumerated.</summary>
    /// <param name="set">The images.</param>
    /// <param name="batchSize">Images per batch; where it exceeds the set, one smaller batch is the epoch.</param>
    /// <param name="augmentation">What happens to the images.</param>
    /// <param name="shuffle">Whether each epoch has its own order (Fisher–Yates); the set's order otherwise.</param>
    /// <param name="seed">Of the order and of the augmentation.</param>
    /// <param name="workers">Batches made at once on the thread pool; 0 makes each in the caller's thread.</param>
    /// <param name="prefetch">Batches that may be made ahead of the caller; it bounds memory to prefetch + 1 batches.</param>
    /// <param name="dropLast">Whether to leave out a last batch that is not full.</param>
    /// <exception cref="ArgumentException">An argument is out of range, or no batch would ever come of them.</exception>
    public BatchLoader(
        ImageSet set,
        int batchSize,
        Augmentation augmentation,
        bool shuffle,
        ulong seed,
        int workers = 2,
        int prefetch = 4,
        bool dropLast = false)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        ArgumentOutOfRangeException.ThrowIfNegative(workers);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(prefetch);
        augmentation.RequireFor(set.Channels, set.Frames);
        BatchesPerEpoch = set.Count / batchSize + (set.Count % batchSize != 0 && !dropLast ? 1 : 0);
        if (BatchesPerEpoch == 0)
        {
            throw new ArgumentException(
                $"BatchLoader: {set.Count} images fill no batch of {batchSize}; lower the batch size or keep the last batch.",
                nameof(batchSize));
        }

        this.set = set;
        this.batchSize = batchSize;
        this.augmentation = augmentation;
        this.shuffle = shuffle;
        this.seed = seed;
        this.workers = workers;
        this.prefetch = prefetch;
    }

    /// <summary>The number of batches in an epoch.</summary>
    public int BatchesPerEpoch { get; }

    /// <summary>
    /// The batches of one epoch, in order. A batch holds until the next MoveNext, which takes its arrays back for reuse: use
    /// it inside the loop's body, or copy what is to be kept. Leaving the loop early stops the workers.
    /// </summary>
    /// <param name="epoch">From 0; epochs may come in any order, so that training can resume.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="epoch"/> is negative.</exception>
    public IEnumerable<Batch> Epoch(int epoch) => EpochFrom(epoch, 0);

    /// <summary>The batches of one epoch but for the first ones, as <see cref="Epoch"/> gives them.</summary>
    /// <param name="epoch">From 0.</param>
    /// <param name="first">The batch to begin with, from 0; none comes where it is the number of batches.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such epoch or batch.</exception>
    public IEnumerable<Batch> EpochFrom(int epoch, int first)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, BatchesPerEpoch);
        return Batches(epoch, first);
    }

    private IEnumerable<Batch> Batches(int epoch, int first)
    {
        int[] order = Order(epoch);
        foreach (Batch batch in Prefetch.InOrder(
            BatchesPerEpoch - first, workers, prefetch, index => Make(epoch, first + index, order), Recycle))
        {
            yield return batch;
        }
    }

    private int[] Order(int epoch)
    {
        int[] order = [.. Enumerable.Range(0, set.Count)];
        if (!shuffle) return order;

        var random = new SplitMix64(seed, Streams.Shuffle, (ulong)epoch);
        random.Shuffle(order);
        return order;
    }

    private Batch Make(int epoch, int index, int[] order)
    {
        int first = index * batchSize;
        int count = Math.Min(batchSize, set.Count - first);
        if (!Pool(count).TryTake(out Batch? batch)) batch = new Batch(count, set);

        batch.Index = index;
        batch.SecondLabels = null;
        batch.Shares = null;
        for (int i = 0; i < count; i++)
        {
            int sample = order[first + i];
            batch.Labels[i] = set.Labels[sample];
            for (int frame = 0; frame < set.Frames; frame++)
            {
                var source = set.Image(sample).Slice(frame * set.FrameBytes, set.FrameBytes);
                source.CopyTo(batch.Pixels.AsSpan(((frame * count) + i) * set.FrameBytes));
            }

            // Policies are for images of one frame, which begin at i.
            ImageDraw draw = augmentation.Draw(set.Height, set.Width, seed, epoch, sample);
            var pixels = batch.Pixels.AsSpan(i * set.FrameBytes, set.FrameBytes);
            batch.Draws[i] = augmentation.ApplyPolicy(draw, pixels, set.Height, set.Width, seed, epoch, sample);
        }

        if (augmentation.CutMix > 0)
        {
            CutMix.Apply(batch, augmentation.CutMix, new SplitMix64(seed, Streams.CutMix, (ulong)epoch, (ulong)index));
        }

        return batch;
    }

    private void Recycle(Batch batch) => Pool(batch.Count).Add(batch);

    private ConcurrentBag<Batch> Pool(int count) => count == batchSize ? full : partial;
}
