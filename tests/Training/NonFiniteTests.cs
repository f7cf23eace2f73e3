using Idsnn.Datasets;
using Idsnn.Engine;
using Idsnn.Models;
using Idsnn.Runs;
using Idsnn.Training;

namespace Idsnn.Tests.Training;

/// <summary>Steps whose loss, gradients or update are not finite.</summary>
public class NonFiniteTests(string name) : DeviceTests(name)
{
    private TemporaryFolder folder = null!;

    [SetUp]
    public void MakeFolder() => folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => folder.Dispose();

    [Test]
    public void AStopLeavesTheParametersAsTheyWereBeforeTheStep()
    {
        using var net = Network.Create(Device, Tiny.Ann, seed: 1);
        float[][] before = [];
        var watcher = new Watcher { StepDone = step => before = step == 1 ? Parameters(net) : before };

        Assert.That(
            () => Trainer.Train(net, null, Tiny.Dataset, Tiny.Options(1, lr: 1e30), watcher),
            Throws.InstanceOf<ArithmeticException>().With.Message.EqualTo(
                "network: the loss or the gradients are no longer finite in epoch 1 at step 2, beginning with the output of bn1; "
                + "lower the learning rate"));
        Assert.That(watcher.Steps, Is.GreaterThan(1), "it was not seen at once");
        Assert.That(Parameters(net), Is.EqualTo(before));
    }

    /// <summary>Infinite sums in a convolution become membranes that are no number: no spike, and a loss as finite as ever.</summary>
    [TestCase(0f)]
    [TestCase(1f)]
    public void AGradientThatIsNotFiniteIsNoticedThoughTheLossIs(float clipNorm)
    {
        using var net = WithHugeWeight();
        float[][] before = Parameters(net);
        var options = Tiny.Options(1) with { Update = Tiny.Update with { ClipNorm = clipNorm } };
        using var scope = Device.Scope();
        Assert.That(
            () => Trainer.Train(net, null, Tiny.Dataset, options),
            Throws.InstanceOf<ArithmeticException>().With.Message.EqualTo(
                "network: the loss or the gradients are no longer finite in epoch 1 at step 1, "
                + "beginning with the output of layer2.0.conv1; lower the learning rate"));
        if (clipNorm > 0f) Assert.That(Parameters(net), Is.EqualTo(before), "the norm is known before the update");
        else Assert.That(Parameters(net).SelectMany(values => values), Is.All.Matches<float>(float.IsFinite));
    }

    [Test]
    public void ATeacherThatIsNotFiniteIsNamed()
    {
        using INetwork net = Network.Create(Device, Tiny.Spiking, seed: 1, Tiny.Lively),
            teacher = Network.Create(Device, Tiny.Ann, seed: 2);
        float[][] before = Parameters(net);
        new Poison().Give(teacher);
        Assert.That(
            () => Trainer.Train(net, teacher, Tiny.Dataset, Tiny.Options(1, new Objective())),
            Throws.InstanceOf<ArithmeticException>().With.Message.EqualTo(
                "network: the loss or the gradients are no longer finite in epoch 1 at step 1, beginning with the distillation; "
                + "lower the learning rate"));
        Assert.That(Parameters(net), Is.EqualTo(before));
    }

    [Test]
    public void TheBatchIsKeptAndGivesTheSameAgain()
    {
        using var run = RunFolder.Reopen(folder.File("run"), "teacher");
        var pipeline = new Pipeline(Device, Tiny.Dataset, run, _ => { }, default);
        using var net = Network.Create(Device, Tiny.Ann, seed: 1);
        var options = Tiny.Options(1, lr: 1e30) with { Augmentation = Augmentation.CropFlip with { CutMix = 1f } };
        string path = folder.File("run/nonfinite-teacher-e1-s2.safetensors");
        Assert.That(
            () => pipeline.Train("teacher", net, null, options),
            Throws.InstanceOf<ArithmeticException>().With.Message.EqualTo(
                "teacher: the loss or the gradients are no longer finite in epoch 1 at step 2, beginning with the output of bn1; "
                + $"lower the learning rate; its batch is kept in {path}"));

        var file = SafetensorsFile.Load(path);
        Assert.That(
            file.Metadata.Where(entry => entry.Key is "draw" or "network" or "epoch" or "step" or "first" or "layout")
                .Select(entry => entry.Value),
            Is.EqualTo(new[] { "1", "1", "the output of bn1", "NHWC", "teacher", "2" }));
        var loader = new BatchLoader(Tiny.Dataset.Train, 16, options.Augmentation, shuffle: true, options.Seed, workers: 0);
        var batch = loader.EpochFrom(0, 1).First();
        using var feed = new ImageFeed(Device, Tiny.Dataset.Mean, Tiny.Dataset.Std);
        Assert.That(file.Floats("images").Floats, Is.EqualTo(feed.Load(batch).ToArray()));
        Assert.That(file.Tensors["labels"].Integers, Is.EqualTo(batch.Labels));
        Assert.That(file.Tensors["second_labels"].Integers, Is.EqualTo(batch.SecondLabels));
        Assert.That(file.Tensors["shares"].Floats, Is.EqualTo(batch.Shares));

        using var again = Network.Create(Device, Tiny.Ann, seed: 5);
        again.Load(again.Save().Concat(file.Tensors.Where(tensor => tensor.Key.StartsWith("model.", StringComparison.Ordinal))
            .Select(tensor => KeyValuePair.Create(tensor.Key["model.".Length..], tensor.Value))).GroupBy(entry => entry.Key)
            .ToDictionary(group => group.Key, group => group.Last().Value));
        using var labels = new Labels(Device, batch.Labels, batch.SecondLabels, batch.Shares);
        var images = From(file.Floats("images").Shape, file.Floats("images").Floats);
        float loss = Tiny.Backward(again, null, Objective.CrossEntropy, images, labels).Total.Item();
        foreach (var parameter in again.Parameters) parameter.ClearGradient();
        Assert.That(float.IsFinite(loss), Is.False);
    }

    [Test]
    public void ASkippedStepChangesNothing()
    {
        using var net = Network.Create(Device, Tiny.Spiking, seed: 1, Tiny.Lively);
        using var teacher = Network.Create(Device, Tiny.Ann, seed: 2);
        var skip = Tiny.Update with { OnNonFinite = OnNonFinite.Skip };
        var options = Tiny.Options(1, new Objective()) with { AverageDecay = 0.9f, Update = skip };
        using var state = new TrainingState("student", net, teacher, options);
        var poison = new Poison();
        SortedDictionary<string, StoredTensor> before = [], after = [];
        List<string> log = [];
        var watcher = new Watcher
        {
            StepDone = step =>
            {
                if (step == 2) before = state.Save().Tensors.Tensors;
                if (step == 2) poison.Give(net);
                if (step == 3) poison.TakeBack();
                if (step == 3) after = state.Save().Tensors.Tensors;
            },
        };
        var result = new Trainer(state, Tiny.Dataset, options, [watcher, new TrainingWarnings(log.Add)]).Run();

        Assert.That(after.Keys, Is.EqualTo(before.Keys).And.Contains("average.updates").And.Contains("velocity.conv1.weight"));
        foreach (var (key, tensor) in before)
        {
            Assert.That(after[key].Floats, Is.EqualTo(tensor.Floats), key);
            Assert.That(after[key].Integers, Is.EqualTo(tensor.Integers), key);
        }

        Assert.That(net.Save()["bn1.num_batches_tracked"].Integers, Is.EqualTo(new[] { 3L }));
        Assert.That(result.Epochs[0].Train.Images, Is.EqualTo(60 - 16));
        Assert.That(double.IsFinite(result.Epochs[0].Train.Loss));
        Assert.That(log.Where(line => line.Contains("skipped", StringComparison.Ordinal)), Is.EqualTo(new[]
        {
            "warning: student, epoch 1: step 3 was skipped, since its loss or gradients are not finite; lower the learning rate",
            "student 1: 1 of 4 steps were skipped",
        }));
    }

    [Test]
    public void WhereAllStepsAreSkippedTheTrainingEnds()
    {
        using var net = WithHugeWeight();
        float[][] before = Parameters(net);
        Assert.That(
            () =>
                Trainer.Train(
                    net, null, Tiny.Dataset, Tiny.Options(1) with { Update = Tiny.Update with { OnNonFinite = OnNonFinite.Skip } }),
            Throws.InstanceOf<ArithmeticException>().With.Message.EqualTo(
                "network: every step of epoch 1 was skipped, since its loss or gradients are not finite; lower the learning rate"));
        Assert.That(Parameters(net), Is.EqualTo(before));
    }

    [Test]
    public void SkippingAndALimitThatIsNeverReachedChangeNoByte()
    {
        float[][] Train(TrainingOptions options)
        {
            using var net = Network.Create(Device, Tiny.Spiking, seed: 1, Tiny.Lively);
            Trainer.Train(net, null, Tiny.Dataset, options);
            return Parameters(net);
        }

        var guarded = Tiny.Options(1) with { Update = new UpdateOptions(new SgdOptions(), 1e6f, OnNonFinite.Skip) };
        Assert.That(Train(guarded), Is.EqualTo(Train(Tiny.Options(1))));
    }

    /// <summary>Without momentum and decay a step is as long as the rate times the gradients' norm.</summary>
    [Test]
    public void ClippedStepsAreAsLongAsTheLimitSays()
    {
        using var net = Network.Create(Device, Tiny.Ann, seed: 1);
        double[] before = [.. Parameters(net).SelectMany(values => values.Widen())];
        var options = Tiny.Options(1, lr: 0.5) with { BatchSize = 60, Update = new UpdateOptions(new SgdOptions(0f, 0f), 0.25f) };
        var result = Trainer.Train(net, null, Tiny.Dataset, options);
        double[] after = [.. Parameters(net).SelectMany(values => values.Widen())];

        Assert.That(Math.Sqrt(before.Zip(after, (x, y) => (x - y) * (x - y)).Sum()), Is.EqualTo(0.5 * 0.25).Within(1e-5));
        Assert.That(result.Epochs[0].GradientNorm, Is.GreaterThan(0.5), "the norm before it is clipped");
    }

    [Test]
    public void ATestThatIsNotFiniteSaysWhen()
    {
        var metrics = new Metrics(1, double.NaN, LossValues.None, 0);
        Assert.That(() => metrics.RequireFinite("student", 3), Throws.InstanceOf<ArithmeticException>().With.Message.EqualTo(
            "student: the loss on the test set is not finite after epoch 3; lower the learning rate"));
        Assert.That(() => metrics.RequireFinite("student", 0), Throws.InstanceOf<ArithmeticException>().With.Message.EqualTo(
            "student: the loss on the test set is not finite before training; look at the weights that it starts from"));
    }

    private INetwork WithHugeWeight()
    {
        var net = Network.Create(Device, Tiny.Spiking, seed: 1, Tiny.Lively);
        var weight = net.State().Single(entry => entry.Name == "layer2.0.conv1.weight").Tensor!;
        weight.CopyFrom(Enumerable.Repeat(3e38f, weight.Shape.Size).ToArray());
        return net;
    }

    private static float[][] Parameters(INetwork net) => [.. net.Parameters.Select(parameter => parameter.ToArray())];
}
