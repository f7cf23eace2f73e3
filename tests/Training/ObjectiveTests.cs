using Idsnn.Engine;
using Idsnn.Models;
using Idsnn.Training;

namespace Idsnn.Tests.Training;

public class ObjectiveTests(string name) : DeviceTests(name)
{
    private static readonly float[] Images = new Draw(1).Fill([4, 9, 9, 3]);

    [Test]
    public void TheDefaultsAreThePapers() => Assert.That(new Objective(), Is.EqualTo(new Objective(0.3f, 4f, 0f)));

    [Test]
    public void DistillationNeedsATeacher()
    {
        using var student = new ResNet(Device, Tiny.Spiking, seed: 1);

        Failure.Says("distillation (α above 0) needs a teacher", () => _ = new TrainingStep(student, null, new Objective(0.1f)));
    }

    [Test]
    public void TheLossIsCrossEntropyAndScaledKl()
    {
        var losses = Run(new Objective(0.5f, 3f));
        double ce = losses.CrossEntropy.Item(), kl = losses.Distillation!.Item();

        Assert.That(kl, Is.GreaterThan(0));
        Assert.That(losses.Total.Item(), Is.EqualTo(ce + (0.5 * 9 * kl)).Within(1e-6));
        Assert.That(ce, Is.EqualTo(CrossEntropy(losses.Logits.ToArray(), 0)).Within(1e-5));
    }

    [Test]
    public void WithoutAlphaTheTeacherIsNotAsked()
    {
        var losses = Run(Objective.CrossEntropy);

        Assert.That(losses.Distillation, Is.Null);
        Assert.That(losses.Total.Item(), Is.EqualTo(losses.CrossEntropy.Item()));
    }

    [Test]
    public void LabelsAreSmoothed()
    {
        var losses = Run(new Objective(0f, LabelSmoothing: 0.2f));

        Assert.That(losses.Total.Item(), Is.EqualTo(CrossEntropy(losses.Logits.ToArray(), 0.2)).Within(1e-5));
    }

    [Test]
    public void TheTeacherDoesNotLearn()
    {
        using var student = new ResNet(Device, Tiny.Spiking, seed: 1);
        using var teacher = new ResNet(Device, Tiny.Ann, seed: 2);
        using var labels = new Labels(Device, [0, 1, 2, 3]);
        float[] mean = teacher.Save()["bn1.running_mean"].Floats!;
        new TrainingStep(student, teacher, new Objective()).Run(From([4, 9, 9, 3], Images), labels);

        Assert.That(teacher.Parameters.Select(p => p.Gradient), Has.All.Null);
        Assert.That(student.Parameters.Select(p => p.Gradient), Has.All.Not.Null);
        Assert.That(teacher.Save()["bn1.running_mean"].Floats, Is.EqualTo(mean));
    }

    private StepLosses Run(Objective objective)
    {
        using var student = new ResNet(Device, Tiny.Spiking, seed: 1);
        using var teacher = new ResNet(Device, Tiny.Ann, seed: 2);
        using var labels = new Labels(Device, [0, 1, 2, 3]);
        return new TrainingStep(student, teacher, objective).Run(From([4, 9, 9, 3], Images), labels);
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
