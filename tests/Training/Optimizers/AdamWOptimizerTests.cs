using Idsnn.Engine;
using Idsnn.Training;

namespace Idsnn.Tests.Training;

public sealed class AdamWOptimizerTests(string name) : DeviceTests(name)
{
    [Test]
    public void StepsOfSeveralParametersAreThoseOfAPlainLoop()
    {
        float[] start = new Draw(1).Fill([37]);
        using Tensor vector = Tensor.Parameter(Device, [34], start.AsSpan(0, 34)),
            matrix = Tensor.Parameter(Device, [1, 3], start.AsSpan(34));
        using var optimizer = new AdamWOptimizer(Tiny.Named(vector, matrix), new AdamWOptions(0.8, 0.9, 1e-3f, 0.1f));
        double[] weights = start.Widen();
        var reference = new AdamWReference(0.8, 0.9, 1e-3f, 0.1f, 37);
        for (int step = 0; step < 3; step++)
        {
            float[] gradient = new Draw(10 + step).Fill([37]);
            using (var tape = new Tape())
            {
                tape.Backward(Ops.Add(Contraction.Of(vector, gradient[..34]), Contraction.Of(matrix, gradient[34..])));
            }

            optimizer.SetRate(0.5 / (step + 1));
            optimizer.Step();
            reference.Step(weights, gradient.Widen(), 0.5 / (step + 1));
            Assert.That((vector.Gradient, matrix.Gradient), Is.EqualTo(((Tensor?)null, (Tensor?)null)), "the gradients are used up");
        }

        Close.To(weights, [.. vector.ToArray(), .. matrix.ToArray()], 2e-6, "weights");
        var state = optimizer.State.ToDictionary(slot => slot.Name, slot => slot.Tensor.ToArray());
        Assert.That(state.Keys, Is.EqualTo(new[] { "exp_avg.p0", "exp_avg.p1", "exp_avg_sq.p0", "exp_avg_sq.p1", "optimizer.step" }));
        Close.To(reference.First, [.. state["exp_avg.p0"], .. state["exp_avg.p1"]], 1e-6, "exp_avg");
        Close.To(reference.Second, [.. state["exp_avg_sq.p0"], .. state["exp_avg_sq.p1"]], 1e-6, "exp_avg_sq");
        Assert.That(state["optimizer.step"], Is.EqualTo(new[] { 3f }));
    }

    [Test]
    public void VectorsCanBeLeftOutOfTheDecay([Values] bool decayVectors)
    {
        // With gradients of zero, what a step changes is the decay.
        using Tensor matrix = Tensor.Parameter(Device, [1, 3], [1, 2, 4]), vector = Tensor.Parameter(Device, [3], [1, 2, 4]);
        var options = new AdamWOptions(WeightDecay: 0.5f, DecayVectors: decayVectors);
        using var optimizer = new AdamWOptimizer(Tiny.Named(vector, matrix), options);
        using (var tape = new Tape()) tape.Backward(Contraction.Of(Ops.Add(matrix.Reshape([3]), vector), [0, 0, 0]));
        optimizer.SetRate(0.5);
        optimizer.Step();

        Assert.That(matrix.ToArray(), Is.EqualTo(new[] { 0.75f, 1.5f, 3f }));
        Assert.That(vector.ToArray(), Is.EqualTo(decayVectors ? [0.75f, 1.5f, 3f] : new[] { 1f, 2f, 4f }));
    }

    /// <summary>Gradients (3, 4) have the norm 5; PyTorch clips them before AdamW sees them.</summary>
    [Test]
    public void GradientsAreClippedBeforeTheyAreAveraged()
    {
        using var parameter = Tensor.Parameter(Device, [2], [1, -1]);
        using var optimizer = new AdamWOptimizer(Tiny.Named(parameter), new AdamWOptions(Beta1: 0.5));
        using var sums = Tensor.Full(Device, [5], 0f);
        using (var tape = new Tape()) tape.Backward(Contraction.Of(parameter, [3, 4]));
        var norm = Ops.SquaredNorm([parameter.Gradient!]);
        Ops.AddStep(sums, norm, norm, norm, 1, new UpdateRule(optimizer.Gate, norm, 2.5f));
        optimizer.Step();

        Close.To([0.75, 1], optimizer.State[0].Tensor.ToArray(), 1e-6, "exp_avg");
    }

    [Test]
    public void TheDefaultsArePyTorchs() => Assert.That(new AdamWOptions(), Is.EqualTo(new AdamWOptions(0.9, 0.999, 1e-8f, 1e-2f, true)));

    /// <summary>A network under either optimizer.</summary>
    [Test]
    public void ATrainingIsNotResumedWithAnotherOptimizer([Values] bool beganWithAdamW)
    {
        using var net = Idsnn.Models.Network.Create(Device, Tiny.Ann, seed: 1);
        var sgd = Tiny.Options(1);
        var adamW = sgd with { Update = new UpdateOptions(new AdamWOptions()) };
        using TrainingState begun = new("student", net, null, beganWithAdamW ? adamW : sgd),
            resumed = new("student", net, null, beganWithAdamW ? sgd : adamW);
        var (position, tensors) = begun.Save();

        Failure.Says<InvalidDataException>(
            $"the state holds no '{(beganWithAdamW ? "velocity" : "exp_avg")}.conv1.weight': it was saved with another optimizer; "
            + "resume the training with the one that it began with",
            () => resumed.Load(position, tensors));
    }
}
