using CsCheck;
using Idsnn.Datasets;

namespace Idsnn.Tests.Datasets;

public class BatchLoaderTests
{
    /// <summary>Images of one pixel that know their index: label i, value i mod 256.</summary>
    private static ImageSet Numbered(int count) =>
        new([.. Enumerable.Range(0, count).Select(i => (byte)i)], [.. Enumerable.Range(0, count)], 1, 1, 1);

    private static BatchLoader Loader(
        ImageSet set, int batchSize, bool shuffle = true, ulong seed = 1, int workers = 2, int prefetch = 4, bool dropLast = false) =>
        new(set, batchSize, Augmentation.None, shuffle, seed, workers, prefetch, dropLast);

    private static int[] Labels(BatchLoader loader, int epoch) => [.. loader.Epoch(epoch).SelectMany(batch => batch.Labels)];

    [Test]
    public void EverySampleComesOnceAnEpoch() => Gen.Select(Gen.Int[1, 300], Gen.Int[1, 70], Gen.Int[0, 3], Gen.Int[1, 5], Gen.ULong)
        .Sample(
            (count, batchSize, workers, prefetch, seed) =>
            {
                BatchLoader loader = Loader(Numbered(count), batchSize, seed: seed, workers: workers, prefetch: prefetch);
                var seen = new int[count];
                int batches = 0;
                foreach (Batch batch in loader.Epoch((int)(seed % 10)))
                {
                    bool last = batches == loader.BatchesPerEpoch - 1;
                    int expected = last ? count - batches * batchSize : batchSize;
                    if (batch.Index != batches++ || batch.Count != expected || batch.Pixels.Length != expected) return false;
                    for (int i = 0; i < batch.Count; i++)
                    {
                        seen[batch.Labels[i]]++;
                        if (batch.Pixels[i] != (byte)batch.Labels[i]) return false;
                    }
                }

                return batches == loader.BatchesPerEpoch && seen.All(n => n == 1);
            },
            iter: 200);

    [Test]
    public void DroppingTheLastLeavesFullBatches() => Gen.Select(Gen.Int[1, 100], Gen.Int[1, 20], Gen.ULong)
        .Where((count, batchSize, _) => batchSize <= count)
        .Sample(
            (count, batchSize, seed) =>
            {
                BatchLoader loader = Loader(Numbered(count), batchSize, seed: seed, dropLast: true);
                int[] sizes = [.. loader.Epoch(0).Select(batch => batch.Count)];
                int[] labels = Labels(loader, 0);
                return sizes.Length == count / batchSize && loader.BatchesPerEpoch == sizes.Length
                    && sizes.All(size => size == batchSize) && labels.Distinct().Count() == labels.Length;
            },
            iter: 100);

    [Test]
    public void BatchesDependOnSeedEpochAndIndexAlone()
    {
        Dataset set = Synthetic.Create(53, 10, 16);
        float[][] Run(int workers, int prefetch, params int[] epochs)
        {
            var loader = new BatchLoader(set.Train, 8, Augmentation.CropFlip, true, 9, workers, prefetch);
            return [.. epochs.SelectMany(loader.Epoch).Select(b => (float[])[.. ImageReference.Scaled(b), .. b.Labels])];
        }

        float[][] expected = Run(0, 1, 0, 1);
        Assert.That(expected, Has.Length.EqualTo(14));
        Assert.That(Run(1, 2, 0, 1), Is.EqualTo(expected));
        Assert.That(Run(3, 5, 0, 1), Is.EqualTo(expected));
        Assert.That(Run(2, 4, 1), Is.EqualTo(expected[7..]), "an epoch does not depend on those before it");
        Assert.That(expected[0], Is.Not.EqualTo(expected[7]));
    }

    [Test]
    public void AnEpochCanBeginAtAnyOfItsBatches([Values(0, 2)] int workers)
    {
        BatchLoader loader = Loader(Numbered(23), 5, workers: workers);
        int[][] whole = [.. loader.Epoch(3).Select(batch => batch.Labels.ToArray())];

        for (int first = 0; first <= 5; first++)
        {
            var rest = loader.EpochFrom(3, first).Select(batch => (batch.Index, Labels: batch.Labels.ToArray())).ToList();
            Assert.That(rest.Select(batch => batch.Index), Is.EqualTo(Enumerable.Range(first, 5 - first)));
            Assert.That(rest.Select(batch => batch.Labels), Is.EqualTo(whole[first..]));
        }

        Assert.That(() => loader.EpochFrom(0, 6), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => loader.EpochFrom(0, -1), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void AugmentationFollowsTheSampleNotItsPlace()
    {
        Dataset set = Synthetic.Create(40, 10, 16);
        var numbered = new ImageSet(set.Train.Pixels, [.. Enumerable.Range(0, 40)], 16, 16, 3);
        float[][] Sorted(int batchSize, bool shuffle) =>
        [
            .. new BatchLoader(numbered, batchSize, Augmentation.CropFlip, shuffle, seed: 3).Epoch(5)
                .SelectMany(b => ImageReference.Scaled(b).Chunk(numbered.ImageBytes).Zip(b.Labels).ToArray())
                .OrderBy(pair => pair.Second)
                .Select(pair => pair.First),
        ];

        Assert.That(Sorted(7, shuffle: true), Is.EqualTo(Sorted(10, shuffle: false)));
    }

    [Test]
    public void OrderFollowsSeedAndEpoch()
    {
        BatchLoader loader = Loader(Numbered(100), 10);
        int[] order = Labels(loader, 0);

        Assert.That(Labels(loader, 0), Is.EqualTo(order));
        Assert.That(Labels(loader, 1), Is.Not.EqualTo(order));
        Assert.That(Labels(Loader(Numbered(100), 10, seed: 2), 0), Is.Not.EqualTo(order));
        Assert.That(Labels(Loader(Numbered(100), 7), 0), Is.EqualTo(order), "the batch size only cuts the order");
        Assert.That(Labels(Loader(Numbered(100), 10, shuffle: false), 3), Is.EqualTo(Enumerable.Range(0, 100)));
    }

    [Test]
    public void EveryOrderIsEquallyLikely()
    {
        // 6 orders of 3, 3,000 epochs: chi squared with 5 degrees of freedom stays under 25.7 in 9,999 of 10,000 cases.
        BatchLoader loader = Loader(Numbered(3), 3, workers: 0);
        var counts = Enumerable.Range(0, 3000).CountBy(epoch => string.Join(' ', Labels(loader, epoch))).ToArray();

        Assert.That(counts, Has.Length.EqualTo(6));
        Assert.That(counts.Sum(pair => (pair.Value - 500.0) * (pair.Value - 500.0) / 500), Is.LessThan(25.7));
    }

    [Test]
    public void BatchLargerThanTheSetIsTheSet()
    {
        BatchLoader loader = Loader(Numbered(5), 8);

        Assert.That(loader.BatchesPerEpoch, Is.EqualTo(1));
        Assert.That(Labels(loader, 0), Is.EquivalentTo(Enumerable.Range(0, 5)));
    }

    [Test]
    public void LeavingEarlyAndStartingAgain()
    {
        BatchLoader loader = Loader(Numbered(100), 10);
        int[] whole = Labels(loader, 0);
        for (int i = 0; i < 20; i++)
        {
            Batch held = loader.Epoch(0).First();
            Assert.That(Labels(loader, 0), Is.EqualTo(whole));
            Assert.That(held.Labels, Is.EqualTo(whole[..10]), "the batch in hand is not reused after the loop was left");
        }
    }

    [Test]
    public void TwoEpochsAtOnceDoNotMix()
    {
        BatchLoader loader = Loader(Numbered(100), 10);
        int[] a = Labels(loader, 0), b = Labels(loader, 1);

        var pairs = loader.Epoch(0).Zip(loader.Epoch(1), (x, y) => (X: x.Labels.ToArray(), Y: y.Labels.ToArray())).ToArray();

        Assert.That(pairs.SelectMany(pair => pair.X), Is.EqualTo(a));
        Assert.That(pairs.SelectMany(pair => pair.Y), Is.EqualTo(b));
    }

    [Test]
    public void BuffersAreReused([Values(0, 2)] int workers)
    {
        BatchLoader loader = Loader(Numbered(105), 10, workers: workers, prefetch: 3);
        var buffers = new HashSet<byte[]>();
        for (int epoch = 0; epoch < 5; epoch++)
        {
            foreach (Batch batch in loader.Epoch(epoch)) buffers.Add(batch.Pixels);
        }

        // Three ahead and one in hand, and the last, smaller batch's own.
        Assert.That(buffers, Has.Count.LessThanOrEqualTo(workers == 0 ? 2 : 5));
    }

    [Test]
    public void ArgumentsAreChecked()
    {
        ImageSet set = Numbered(5);

        Assert.That(() => Loader(set, 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => Loader(set, 1, workers: -1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => Loader(set, 1, prefetch: 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => Loader(set, 1).Epoch(-1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => Loader(set, 6, dropLast: true), Throws.ArgumentException.With.Message.Contains("5 images fill no batch of 6"));
    }
}
