using Idsnn.Engine;
using Idsnn.Models;
using Idsnn.Runs;
using Idsnn.Training;

namespace Idsnn.Tests.Training;

public sealed class FeatureDistillationTests(string name) : DeviceTests(name)
{
    private const float Weight = 0.7f;

    private static readonly Objective WithFeatures = new(0.5f, 2f) { Further = [new FeatureDistillation(Weight)] };

    private static readonly float[] Images = new Draw(5).Fill([4, 9, 9, 3], -2f, 2f);

    private static readonly ModelSpec Wider = Tiny.Ann with { Width = 4 };

    /// <summary>The student has 24 features, the teacher 32.</summary>
    [Test]
    public void TheTermAndItsGradientsAreThoseOfAPlainReference()
    {
        using var labels = new Labels(Device, [0, 1, 2, 3]);
        using INetwork student = Network.Create(Device, Tiny.Spiking, seed: 1, Tiny.Lively),
            teacher = Network.Create(Device, Wider, seed: 2);
        double[] f = Features(student, Pass.Training, 2), g = Features(teacher, Pass.Evaluation, 1);
        using var step = new TrainingStep(student, teacher, WithFeatures, Tiny.Update);
        var aligner = step.Objective.State().ToDictionary(entry => entry.Name, entry => entry.Tensor!);
        aligner["objective.aligner.bias"].CopyFrom(new Draw(6).Fill([32]));
        double[] weight = aligner["objective.aligner.weight"].ToArray().Widen(), bias = aligner["objective.aligner.bias"].ToArray().Widen();
        Assert.That(weight.Where((_, i) => i / 32 == i % 32), Is.All.EqualTo(1.0).And.Exactly(24).Items, "it starts as the identity");
        Assert.That(weight.Sum(), Is.EqualTo(24));

        var losses = step.Backward(From([4, 9, 9, 3], Images), labels);
        double[] terms = losses.Terms.ToArray().Widen();

        double Term(double[] weights, double[] biases)
        {
            double[] aligned = [.. Enumerable.Range(0, 4 * 32).Select(i =>
                biases[i % 32] + Enumerable.Range(0, 24).Sum(c => f[(i / 32 * 24) + c] * weights[(c * 32) + (i % 32)]))];
            return LossReference.SquaredDistance(aligned, g, 4);
        }

        double[] Differences(double[] values, Func<double[], double> of) => [.. values.Select((value, i) =>
        {
            double At(double x) => of([.. values[..i], x, .. values[(i + 1)..]]);
            return Weight * (At(value + 1e-4) - At(value - 1e-4)) / 2e-4;
        })];

        Assert.That(step.Objective.Terms, Is.EqualTo(new[] { "cross_entropy", "distillation", "features" }));
        Assert.That(terms[2], Is.EqualTo(Term(weight, bias)).Within(1e-5));
        Assert.That(losses.Total.Item(), Is.EqualTo(terms[0] + (0.5 * 4 * terms[1]) + (Weight * terms[2])).Within(1e-5));
        Close.To(Differences(weight, w => Term(w, bias)), aligner["objective.aligner.weight"].Gradient!.ToArray(), 1e-5, "weight");
        Close.To(Differences(bias, b => Term(weight, b)), aligner["objective.aligner.bias"].Gradient!.ToArray(), 1e-5, "bias");
        foreach (var parameter in student.Parameters) parameter.ClearGradient();
    }

    [Test]
    public void AStateWithoutTheAlignerIsRefused()
    {
        using INetwork net = Network.Create(Device, Tiny.Spiking, seed: 1), teacher = Network.Create(Device, Tiny.Ann, seed: 2);
        using TrainingState plain = new("student", net, teacher, Tiny.Options(1, new Objective())),
            distilled = new("student", net, teacher, Tiny.Options(1, WithFeatures));
        var (position, tensors) = plain.Save();

        Assert.That(distilled.Save().Tensors.Tensors.Keys, Is.SupersetOf(new[]
        {
            "objective.aligner.weight", "objective.aligner.bias", "velocity.objective.aligner.weight", "velocity.objective.aligner.bias",
        }));
        Failure.Says<InvalidDataException>(
            "the state holds no 'objective.aligner.weight': it was saved with another objective; "
            + "resume the training with the one that it began with",
            () => distilled.Load(position, tensors));
    }

    [Test]
    public void ItNeedsATeacher()
    {
        using var net = Network.Create(Device, Tiny.Spiking, seed: 1);
        Failure.Says(
            "distillation of features needs a teacher",
            () => _ = new TrainingStep(net, null, new Objective(0f) { Further = [new FeatureDistillation(1f)] }, Tiny.Update));
    }

    [Test]
    public void ATermThatIsNotFiniteIsNamed()
    {
        using var labels = new Labels(Device, [0, 1, 2, 3]);
        using INetwork net = Network.Create(Device, Tiny.Spiking, seed: 1, Tiny.Lively),
            teacher = Network.Create(Device, Tiny.Ann, seed: 2);
        using var step = new TrainingStep(net, teacher, WithFeatures, Tiny.Update);
        var weight = step.Objective.State().First().Tensor!;
        weight.CopyFrom(Enumerable.Repeat(3e38f, weight.Shape.Size).ToArray());

        Assert.That(NonFiniteStep.FindFirst(step, net, From([4, 9, 9, 3], Images), labels, null), Is.EqualTo("the features"));
        Assert.That(weight.Gradient, Is.Null);
    }

    [Test]
    public void ARunHasAColumnForTheTerm()
    {
        using var folder = new TemporaryFolder();
        using (var run = new RunFolder(folder.File("run")))
        {
            var log = new List<string>();
            var pipeline = new Pipeline(Device, Tiny.Dataset, run, log.Add, default);
            using var teacher = pipeline.Build(Tiny.Ann, 1);
            pipeline.Train("teacher", teacher, null, Tiny.Options(1));
            using var student = pipeline.Build(Tiny.Spiking, 2);
            pipeline.Train("student", student, teacher, Tiny.Options(1, WithFeatures));
            Assert.That(log, Has.One.Matches(@"^student 1/1: loss \d\.\d{3} \(ce \d\.\d{3}, kl \d\.\d{3}, features \d\.\d{3}\), train "));
        }

        string file = Path.Combine(folder.File("run"), "metrics.csv");
        string[] lines = File.ReadAllLines(file);
        Assert.That(lines[0], Is.EqualTo(
            "network,epoch,lr,train_loss,train_ce,train_kl,train_features,train_accuracy,"
            + "test_loss,test_accuracy,firing_rate,gradient_norm"));
        var rows = EpochRow.Parse(lines, file);
        Assert.That(rows.Select(row => row.TrainTerms[LossTerm.Features]), Has.Exactly(1).Zero.And.Exactly(1).Positive);
        Assert.That(EpochRow.ToCsv(rows), Is.EqualTo(lines));
    }

    /// <summary>The mean over time of the pooled features of one forward pass.</summary>
    private double[] Features(INetwork network, Pass pass, int timesteps)
    {
        using var taps = new Taps(stages: false, features: true);
        network.Forward(From([4, 9, 9, 3], Images), pass with { Taps = taps });
        double[] all = taps.Features!.ToArray().Widen();
        int sites = all.Length / timesteps;
        return [.. Enumerable.Range(0, sites).Select(i => Enumerable.Range(0, timesteps).Average(t => all[(t * sites) + i]))];
    }
}
