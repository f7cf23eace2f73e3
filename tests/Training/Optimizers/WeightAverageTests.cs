using Idsnn.Engine;
using Idsnn.Models;
using Idsnn.Training;

namespace Idsnn.Tests.Training;

public class WeightAverageTests(string name) : DeviceTests(name)
{
    private const float Decay = 0.75f;

    private static readonly float[] Images = new Draw(1).Fill([4, 9, 9, 3]);

    private static readonly string[] Averaged =
        ["conv1.weight", "bn1.weight", "bn1.bias", "bn1.running_mean", "bn1.running_var", "fc.bias"];

    [Test]
    public void ItAveragesParametersAndStatistics()
    {
        using var model = Network.Create(Device, Tiny.Spiking, seed: 1);
        using var average = new WeightAverage(model, Decay);
        var expected = Averaged.ToDictionary(key => key, key => model.Save()[key].Floats!.Widen());
        for (int step = 0; step < 40; step++)
        {
            Train(model);
            average.Update();
            var now = model.Save();
            foreach (var (key, numbers) in expected)
            {
                // The decay climbs: 1/10, 2/11, 3/12, …, up to its value.
                double decay = Math.Min(Decay, (1.0 + step) / (10 + step));
                for (int i = 0; i < numbers.Length; i++) numbers[i] = (decay * numbers[i]) + ((1 - decay) * now[key].Floats![i]);
            }
        }

        var saved = average.Save();

        foreach (var (key, numbers) in expected) Close.To(numbers, saved[key].Floats!, 1e-6, key);
        Assert.That(
            saved.Keys, Is.EquivalentTo(model.State().Where(entry => entry.Counter is null).Select(entry => entry.Name).Append("updates")));
    }

    [Test]
    public void TheNetworkRunsWithItAndHasItsOwnWeightsAfterwardsToTheBit()
    {
        using var model = Network.Create(Device, Tiny.Spiking, seed: 1, Tiny.Lively);
        using var average = new WeightAverage(model, Decay);
        float[] Logits(INetwork network) => network.Forward(From([4, 9, 9, 3], Images), Pass.Evaluation).ToArray();
        Train(model);
        average.Update();
        Train(model);
        var before = model.Save();
        float[] own = Logits(model);
        float[] averaged;
        using (average.Apply()) averaged = Logits(model);

        // Packed weights must follow the exchange, both ways.
        using var other = Network.Create(Device, Tiny.Spiking, seed: 2);
        other.Load(average.Save());
        Assert.That(averaged, Is.EqualTo(Logits(other)).And.Not.EqualTo(own));
        Assert.That(Logits(model), Is.EqualTo(own));
        AssertSame(model.Save(), before);
    }

    [Test]
    public void ASavedAverageGoesOn()
    {
        using var model = Network.Create(Device, Tiny.Ann, seed: 1);
        using var average = new WeightAverage(model, Decay);
        Train(model);
        average.Update();
        var saved = average.Save();
        var own = model.Save();

        using var restored = new WeightAverage(model, Decay);
        restored.Load(saved);
        AssertSame(restored.Save(), saved);
        AssertSame(model.Save(), own);

        Train(model);
        average.Update();
        restored.Update();
        AssertSame(restored.Save(), average.Save());
    }

    [Test]
    public void AStateThatDoesNotFitChangesNothing()
    {
        using var model = Network.Create(Device, Tiny.Ann, seed: 1);
        using var average = new WeightAverage(model, Decay);
        Train(model);
        var (own, saved) = (model.Save(), average.Save());
        var lacking = average.Save();
        lacking.Remove("fc.bias");

        Assert.That(
            () =>
                average.Load(lacking), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("'fc.bias', which the state lacks"));
        AssertSame(model.Save(), own);
        AssertSame(average.Save(), saved);
    }

    [Test]
    public void AnAppliedAverageTakesNothingIn()
    {
        using var model = Network.Create(Device, Tiny.Ann, seed: 1);
        using var average = new WeightAverage(model, Decay);
        using (average.Apply())
        {
            Assert.That(average.Update, Throws.InvalidOperationException);
            Assert.That(() => average.Apply(), Throws.InvalidOperationException);
        }

        average.Update();
        var applied = average.Apply();
        applied.Dispose();
        applied.Dispose();
        average.Update();
    }

    [TestCase(1f)]
    [TestCase(-0.1f)]
    [TestCase(float.NaN)]
    public void TheDecayIsChecked(float decay)
    {
        using var model = Network.Create(Device, Tiny.Ann, seed: 1);
        Failure.Says(
            FormattableString.Invariant($"the decay of a weight average must lie in [0, 1), got {decay}"),
            () => _ = new WeightAverage(model, decay));
    }

    private static void AssertSame(IReadOnlyDictionary<string, StoredTensor> actual, IReadOnlyDictionary<string, StoredTensor> expected)
    {
        Assert.That(actual.Keys, Is.EquivalentTo(expected.Keys));
        foreach (var (key, tensor) in expected)
        {
            Assert.That(actual[key].Floats, Is.EqualTo(tensor.Floats), key);
            Assert.That(actual[key].Integers, Is.EqualTo(tensor.Integers), key);
        }
    }

    private void Train(INetwork model)
    {
        using var scope = Device.Scope();
        using var labels = new Labels(Device, [0, 1, 2, 3]);
        using var step = new TrainingStep(model, null, Objective.CrossEntropy, Tiny.Update, counts: false);
        step.Optimizer.SetRate(0.1);
        step.Update(step.Backward(From([4, 9, 9, 3], Images), labels), labels);
    }
}
