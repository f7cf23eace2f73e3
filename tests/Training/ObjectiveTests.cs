using Idsnn.Engine;
using Idsnn.Models;
using Idsnn.Training;

namespace Idsnn.Tests.Training;

public class ObjectiveTests(string name) : DeviceTests(name)
{
    private static readonly float[] Images = new Draw(1).Fill([4, 9, 9, 3]);

    [Test]
    public void TheDefaultsAreThePapers() => Assert.That(new Objective(), Is.EqualTo(new Objective(0.3f, 4f, 0f, false)));

    [Test]
    public void DistillationNeedsATeacher()
    {
        using var student = Network.Create(Device, Tiny.Spiking, seed: 1);

        Failure.Says(
            "distillation (α above 0) needs a teacher", () => _ = new TrainingStep(student, null, new Objective(0.1f), Tiny.Update));
    }

    [Test]
    public void TheLossIsCrossEntropyAndScaledKl()
    {
        var losses = Run(new Objective(0.5f, 3f));
        double ce = losses.Terms.ToArray()[0], kl = losses.Terms.ToArray()[1];

        Assert.That(kl, Is.GreaterThan(0));
        Assert.That(losses.Total.Item(), Is.EqualTo(ce + (0.5 * 9 * kl)).Within(1e-6));
        Assert.That(ce, Is.EqualTo(CrossEntropy(losses.Logits.ToArray(), 0)).Within(1e-5));
    }

    [Test]
    public void WithoutAlphaTheTeacherIsNotAsked()
    {
        var losses = Run(Objective.CrossEntropy);

        Assert.That(losses.Terms.ToArray(), Is.EqualTo(new[] { losses.Total.Item() }));
    }

    [Test]
    public void LabelsAreSmoothed()
    {
        var losses = Run(new Objective(0f, LabelSmoothing: 0.2f));

        Assert.That(losses.Total.Item(), Is.EqualTo(CrossEntropy(losses.Logits.ToArray(), 0.2)).Within(1e-5));
    }

    [Test]
    public void PerStepBothTermsAreMeansOverTime()
    {
        using var student = Network.Create(Device, Tiny.Spiking, seed: 1);
        using var teacher = Network.Create(Device, Tiny.Ann, seed: 2);
        double[] taught = teacher.Forward(From([4, 9, 9, 3], Images), Pass.Evaluation).ToArray().Widen();
        double[][] steps =
            [.. student.Forward(From([4, 9, 9, 3], Images), Pass.Training with { PerStep = true }).ToArray().Widen().Chunk(40)];
        double ce = steps.Average(step => LossReference.CrossEntropy(step, [0, 1, 2, 3], 0.1));
        double kl = steps.Average(step => LossReference.Distillation(step, taught, 4, 3));

        var (losses, gradient) = RunPerStep(new Objective(0.5f, 3f, 0.1f, PerStep: true));

        Assert.That(steps, Has.Length.EqualTo(2));
        Assert.That(steps[0], Is.Not.EqualTo(steps[1]));
        Assert.That(losses.Terms.ToArray()[0], Is.EqualTo(ce).Within(1e-5));
        Assert.That(losses.Terms.ToArray()[1], Is.EqualTo(kl).Within(1e-6));
        Assert.That(losses.Total.Item(), Is.EqualTo(ce + (0.5 * 9 * kl)).Within(1e-5));
        Close.To([.. steps[0].Zip(steps[1], (a, b) => (a + b) / 2)], losses.Logits.ToArray(), 1e-6, "mean read-out");

        // The bias's gradient is the sum of the logits'.
        Close.To([.. Enumerable.Range(0, 10).Select(k => BiasDifference(steps, taught, k))], gradient, 1e-4, "gradient of fc.bias");
    }

    [Test]
    public void TheMeanOfThePerStepReadOutsIsTheReadOut([Values(ModelKind.Spiking, ModelKind.Sew, ModelKind.Ms)] ModelKind kind)
    {
        var spec = Tiny.Spiking with { Kind = kind, Timesteps = 3 };
        using var student = Network.Create(Device, spec, seed: 1, Tiny.Lively);
        var images = From([4, 9, 9, 3], Images);
        var steps = student.Forward(images, Pass.Evaluation with { PerStep = true });

        Assert.That(steps.Shape, Is.EqualTo(Shape.Create([12, 10])));
        Close.To(Ops.MeanOverTime(steps, 3).ToArray().Widen(), student.Forward(images, Pass.Evaluation).ToArray(), 1e-6, "logits");
    }

    [Test]
    public void WithoutTimePerStepChangesNothing()
    {
        using var model = Network.Create(Device, Tiny.Ann, seed: 1);
        using var labels = new Labels(Device, [0, 1, 2, 3]);
        float Loss(bool perStep) =>
            Tiny.Backward(model, null, new Objective(0f, PerStep: perStep), From([4, 9, 9, 3], Images), labels).Total.Item();

        Assert.That(Loss(true), Is.EqualTo(Loss(false)));
    }

    [Test]
    public void MixedLabelsReachTheLoss()
    {
        int[] first = [0, 1, 2, 3], second = [4, 4, 0, 3];
        float[] shares = [0.5f, 0.25f, 0f, 1f];
        using var student = Network.Create(Device, Tiny.Spiking, seed: 1);
        using var labels = new Labels(Device, first, second, shares);

        var losses = Tiny.Backward(student, null, Objective.CrossEntropy, From([4, 9, 9, 3], Images), labels);

        Assert.That(
            losses.Total.Item(),
            Is.EqualTo(LossReference.CrossEntropy(losses.Logits.ToArray().Widen(), first, second, shares, 0)).Within(1e-5));
    }

    [Test]
    public void TheTeacherDoesNotLearn()
    {
        using var student = Network.Create(Device, Tiny.Spiking, seed: 1);
        using var teacher = Network.Create(Device, Tiny.Ann, seed: 2);
        using var labels = new Labels(Device, [0, 1, 2, 3]);
        float[] mean = teacher.Save()["bn1.running_mean"].Floats!;
        Tiny.Backward(student, teacher, new Objective(), From([4, 9, 9, 3], Images), labels);

        Assert.That(teacher.Parameters.Select(p => p.Gradient), Has.All.Null);
        Assert.That(student.Parameters.Select(p => p.Gradient), Has.All.Not.Null);
        Assert.That(teacher.Save()["bn1.running_mean"].Floats, Is.EqualTo(mean));
    }

    private StepLosses Run(Objective objective)
    {
        using var student = Network.Create(Device, Tiny.Spiking, seed: 1);
        using var teacher = Network.Create(Device, Tiny.Ann, seed: 2);
        using var labels = new Labels(Device, [0, 1, 2, 3]);
        return Tiny.Backward(student, teacher, objective, From([4, 9, 9, 3], Images), labels);
    }

    private (StepLosses Losses, float[] BiasGradient) RunPerStep(Objective objective)
    {
        using var student = Network.Create(Device, Tiny.Spiking, seed: 1);
        using var teacher = Network.Create(Device, Tiny.Ann, seed: 2);
        using var labels = new Labels(Device, [0, 1, 2, 3]);
        var losses = Tiny.Backward(student, teacher, objective, From([4, 9, 9, 3], Images), labels);
        return (losses, student.State().Single(entry => entry.Name == "fc.bias").Tensor!.Gradient!.ToArray());
    }

    /// <summary>How the whole loss of PerStepBothTermsAreMeansOverTime changes with the bias of class k.</summary>
    private static double BiasDifference(double[][] steps, double[] taught, int k)
    {
        const double small = 1e-5;
        double Loss(double change) => steps.Average(step =>
        {
            double[] moved = [.. step.Select((z, i) => i % 10 == k ? z + change : z)];
            return LossReference.CrossEntropy(moved, [0, 1, 2, 3], 0.1) + (0.5 * 9 * LossReference.Distillation(moved, taught, 4, 3));
        });
        return (Loss(small) - Loss(-small)) / (2 * small);
    }

    /// <summary>Of labels 0, 1, 2, 3.</summary>
    private static double CrossEntropy(float[] logits, double smoothing)
    {
        double sum = 0;
        for (int i = 0; i < 4; i++)
        {
            double[] row = [.. logits.Skip(i * 10).Take(10).Select(x => (double)x)];
            double log = Math.Log(row.Sum(Math.Exp));
            for (int k = 0; k < 10; k++) sum += ((k == i ? 1 - smoothing : 0) + (smoothing / 10)) * (log - row[k]);
        }

        return sum / 4;
    }
}
