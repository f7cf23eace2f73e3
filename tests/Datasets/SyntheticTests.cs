using System.Security.Cryptography;
using Idsnn.Datasets;

namespace Idsnn.Tests.Datasets;

public class SyntheticTests
{
    [TestCase(16, 0UL, "871981826AD9D24F")]
    [TestCase(16, 1UL, "6E90CA08AAE3E3FC")]
    [TestCase(32, 0UL, "8830AB361B505BF9")]
    public void BytesArePinned(int size, ulong seed, string expected)
    {
        Dataset set = Synthetic.Create(30, 10, size, seed);
        byte[] hash = SHA256.HashData([.. set.Train.Pixels, .. set.Test.Pixels]);

        Assert.That(Convert.ToHexString(hash)[..16], Is.EqualTo(expected));
    }

    [Test]
    public void AnImageDoesNotDependOnTheirNumber()
    {
        Dataset few = Synthetic.Create(20, 10, 16), many = Synthetic.Create(200, 50, 16);

        Assert.That(many.Train.Take(20).Pixels, Is.EqualTo(few.Train.Pixels));
        Assert.That(many.Test.Take(10).Pixels, Is.EqualTo(few.Test.Pixels));
    }

    [Test]
    public void NoImageComesTwice()
    {
        Dataset set = Synthetic.Create(300, 100, 16), other = Synthetic.Create(300, 100, 16, seed: 1);
        ImageSet[] splits = [set.Train, set.Test, other.Train, other.Test];

        Assert.That(splits.SelectMany(split => split.Pixels.Chunk(split.ImageBytes)).Select(Convert.ToHexString), Is.Unique);
    }

    [Test]
    public void ClassesAreBalanced()
    {
        Dataset set = Synthetic.Create(200, 50, 16);

        Assert.That(set.Classes, Is.EqualTo(10));
        Assert.That(set.ClassNames, Is.Unique);
        Assert.That(set.Train.Labels.CountBy(label => label).Select(pair => pair.Value), Is.EqualTo(Enumerable.Repeat(20, 10)));
        Assert.That(set.Test.Labels.CountBy(label => label).Select(pair => pair.Value), Is.EqualTo(Enumerable.Repeat(5, 10)));
    }

    [Test]
    public void StatisticsAreTheTrainSets()
    {
        Dataset set = Synthetic.Create(100, 10, 32);
        (float[] mean, float[] std) = set.Train.Statistics();

        Assert.That((set.Mean, set.Std), Is.EqualTo((mean, std)));
        Assert.That(mean, Is.All.InRange(0.4f, 0.6f));
        Assert.That(std, Is.All.InRange(0.2f, 0.35f));
    }

    /// <summary>Softmax regression on the pixels learns something, and not much.</summary>
    [Test]
    public void LinearClassifierStaysLow()
    {
        Dataset set = Synthetic.Create(1000, 500, 16);
        int inputs = set.Train.ImageBytes;
        var weights = new float[set.Classes][];
        for (int k = 0; k < weights.Length; k++) weights[k] = new float[inputs];
        var train = new BatchLoader(set.Train, 50, Augmentation.None, shuffle: true, seed: 0);
        for (int epoch = 0; epoch < 10; epoch++)
        {
            foreach (Batch batch in train.Epoch(epoch))
            {
                float[] images = ImageReference.Images(batch, set.Mean, set.Std);
                for (int i = 0; i < batch.Count; i++) Step(weights, images.AsSpan(i * inputs, inputs), batch.Labels[i]);
            }
        }

        var test = new BatchLoader(set.Test, 500, Augmentation.None, shuffle: false, seed: 0);
        Batch all = test.Epoch(0).Single();
        float[] tested = ImageReference.Images(all, set.Mean, set.Std);
        double accuracy = Enumerable.Range(0, all.Count)
            .Average(i => ArgMax(Scores(weights, tested.AsSpan(i * inputs, inputs))) == all.Labels[i] ? 1.0 : 0.0);

        Assert.That(accuracy, Is.InRange(0.12, 0.35));
    }

    [Test]
    public void ArgumentsAreChecked()
    {
        Assert.That(() => Synthetic.Create(0, 1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => Synthetic.Create(1, 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => Synthetic.Create(1, 1, 11), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    private static void Step(float[][] weights, ReadOnlySpan<float> x, int label)
    {
        const float Rate = 1e-4f;
        float[] scores = Scores(weights, x);
        float top = scores.Max();
        float total = scores.Sum(s => MathF.Exp(s - top));
        for (int k = 0; k < scores.Length; k++)
        {
            float gradient = MathF.Exp(scores[k] - top) / total - (k == label ? 1 : 0);
            for (int j = 0; j < x.Length; j++) weights[k][j] -= Rate * gradient * x[j];
        }
    }

    private static float[] Scores(float[][] weights, ReadOnlySpan<float> x)
    {
        var scores = new float[weights.Length];
        for (int k = 0; k < scores.Length; k++)
        {
            for (int j = 0; j < x.Length; j++) scores[k] += weights[k][j] * x[j];
        }

        return scores;
    }

    private static int ArgMax(float[] scores) => Array.IndexOf(scores, scores.Max());
}
