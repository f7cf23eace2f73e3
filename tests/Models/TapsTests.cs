using Idsnn.Engine;
using Idsnn.Models;

namespace Idsnn.Tests.Models;

public class TapsTests(string name) : DeviceTests(name)
{
    [Test]
    public void StagesAndFeaturesAreWhatTheyAre([ValueSource(typeof(Nets), nameof(Nets.OfEveryLayout))] ModelSpec spec)
    {
        using var net = Network.Create(Device, spec, seed: 1);
        using var taps = new Taps(stages: true, features: true);
        var images = From([2, 32, 32, 3], Nets.Noise(1, 2, 32));
        float[] logits = net.Forward(images, Pass.Training with { Taps = taps }).ToArray();

        var layout = NetworkLayout.Of(spec);
        int steps = 2 * spec.Timesteps;
        Assert.That(taps.Stages, Has.Count.EqualTo(layout.Blocks.Count));
        Assert.That(taps.Stages[0].Shape[0], Is.EqualTo(steps));
        Assert.That(taps.Stages[^1].Shape[^1], Is.EqualTo(layout.Classifier[0].Inputs));
        Assert.That(taps.Features!.Shape, Is.EqualTo(Shape.Create([steps, layout.Classifier[0].Inputs])));
        if (spec.Kind != ModelKind.Ms)
        {
            Assert.That(Ops.GlobalAveragePool(taps.Stages[^1]).ToArray(), Is.EqualTo(taps.Features.ToArray()));
        }

        using var again = Network.Create(Device, spec, seed: 1);
        Assert.That(again.Forward(images, Pass.Training).ToArray(), Is.EqualTo(logits), "taps change nothing");
    }

    [Test]
    public void WhatIsNotAskedForIsNotKept()
    {
        using var net = Network.Create(Device, Nets.Spec(ModelKind.Ann), seed: 1);
        using var taps = new Taps(stages: false, features: false);
        net.Forward(From([2, 9, 9, 3], Nets.Noise(1, 2, 9)), Pass.Evaluation with { Taps = taps });

        Assert.That(taps.Stages, Is.Empty);
        Assert.That(taps.Features, Is.Null);
    }

    /// <summary>A loss on taps alone reaches what lies before them, and a loss on both is the sum.</summary>
    [Test]
    public void GradientsFlowThroughTaps([Values(ModelKind.Ann, ModelKind.Spiking)] ModelKind kind)
    {
        using var net = Network.Create(Device, Nets.Spec(kind), seed: 1);
        var images = From([2, 9, 9, 3], Nets.Noise(1, 2, 9));
        float[] Gradient(bool ofTap, bool ofLogits)
        {
            using var scope = Device.Scope();
            using var tape = new Tape();
            using var taps = new Taps(stages: true, features: false);
            var logits = net.Forward(images, Pass.Training with { Taps = taps });
            var stage = taps.Stages[1];
            var loss = (ofTap, ofLogits) switch
            {
                (true, true) => Ops.Add(Contraction.Of(stage, Ones(stage)), Contraction.Of(logits, Ones(logits))),
                (true, false) => Contraction.Of(stage, Ones(stage)),
                _ => Contraction.Of(logits, Ones(logits)),
            };
            tape.Backward(loss);
            float[] gradient = net.State().First().Tensor!.Gradient!.ToArray();
            foreach (var parameter in net.Parameters) parameter.ClearGradient();
            return gradient;
        }

        float[] tap = Gradient(true, false), end = Gradient(false, true), both = Gradient(true, true);
        Assert.That(tap, Has.Some.Not.EqualTo(0f));
        Close.To([.. tap.Zip(end, (a, b) => (double)a + b)], both, 1e-4, "the sum");
    }

    private static float[] Ones(Tensor of) => [.. Enumerable.Repeat(1f, of.Shape.Size)];
}
