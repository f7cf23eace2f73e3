using Idsnn.Engine;
using Idsnn.Models;
using Idsnn.Training;

namespace Idsnn.Tests.Training;

public class TrainerTests(string name) : DeviceTests(name)
{
    [Test]
    public void TheLossFalls()
    {
        using var net = Network.Create(Device, Tiny.Ann, seed: 1);
        var seen = new Watcher();
        var result = Trainer.Train(net, null, Tiny.Dataset, Tiny.Options(8) with { Augmentation = default }, seen);

        Assert.That(result.Epochs[^1].Train.Loss, Is.LessThan(0.9 * result.Epochs[0].Train.Loss));
        Assert.That(result.Epochs.Select(e => e.Epoch), Is.EqualTo(Enumerable.Range(1, 8)));
        Assert.That(result.Epochs.Select(e => e.Train.Images), Has.All.EqualTo(60));
        Assert.That(seen.Epochs, Is.EqualTo(result.Epochs));
        Assert.That(seen.Steps, Is.EqualTo(8 * 4));
        Assert.That(result.Epochs.Select(e => e.GradientNorm), Has.All.GreaterThan(0));
        Assert.That(result.LastAccuracy, Is.EqualTo(result.Epochs[^1].Test.Accuracy));
        Assert.That(result.Best.Test.Accuracy, Is.EqualTo(result.Epochs.Max(e => e.Test.Accuracy)));
    }

    [Test]
    public void AStudentUnderATeacherReportsBothLosses()
    {
        using var net = Network.Create(Device, Tiny.Spiking, seed: 1);
        using var teacher = Network.Create(Device, Tiny.Ann, seed: 2);
        var train = Trainer.Train(net, teacher, Tiny.Dataset, Tiny.Options(1, new Objective(0.5f, 2f))).Epochs[0].Train;

        Assert.That(train.Terms[LossTerm.Distillation], Is.GreaterThan(0));
        double ce = train.Terms[LossTerm.CrossEntropy], kl = train.Terms[LossTerm.Distillation];
        Assert.That(train.Loss, Is.EqualTo(ce + (0.5 * 4 * kl)).Within(1e-5));
    }

    /// <summary>A rate of zero in all but name leaves the weights: the first epoch's mean is then that of its steps' losses.</summary>
    [Test]
    public void TrainMetricsAreMeansOverImagesNotOverBatches()
    {
        using var net = Network.Create(Device, Tiny.Ann, seed: 1);
        using var same = Network.Create(Device, Tiny.Ann, seed: 1);
        var options = Tiny.Options(1, lr: 1e-30) with { Augmentation = default };
        var train = Trainer.Train(net, null, Tiny.Dataset, options).Epochs[0].Train;
        var loader = new Idsnn.Datasets.BatchLoader(Tiny.Dataset.Train, 16, default, shuffle: true, options.Seed);
        using var feed = new ImageFeed(Device, Tiny.Dataset.Mean, Tiny.Dataset.Std);
        double loss = 0;
        foreach (var batch in loader.Epoch(0))
        {
            using var labels = new Labels(Device, batch.Labels);
            loss += batch.Count * (double)Ops.CrossEntropy(same.Forward(feed.Load(batch), Pass.Training), labels).Item();
        }

        Assert.That(train.Loss, Is.EqualTo(loss / 60).Within(1e-5));
    }

    [Test]
    public void ALossThatIsNoNumberSaysWhatToDo()
    {
        using var net = Network.Create(Device, Tiny.Ann, seed: 1);

        Assert.That(
            () => Trainer.Train(net, null, Tiny.Dataset, Tiny.Options(3, lr: 1e30)),
            Throws.InstanceOf<ArithmeticException>().With.Message.EqualTo(
                "network: the loss or the gradients are no longer finite in epoch 1 at step 2, beginning with the output of bn1; "
                + "lower the learning rate"));
    }

    [Test]
    public void CancellationStopsBeforeTheNextStep()
    {
        using var net = Network.Create(Device, Tiny.Ann, seed: 1);
        using var cancellation = new CancellationTokenSource();
        using var state = new TrainingState("network", net, null, Tiny.Options(5));
        var watcher = new Watcher { EpochDone = _ => cancellation.Cancel() };

        Assert.That(
            () => new Trainer(state, Tiny.Dataset, Tiny.Options(5), [watcher], cancellation.Token).Run(),
            Throws.InstanceOf<OperationCanceledException>());
        Assert.That(watcher.Epochs, Has.Count.EqualTo(1));
        Assert.That((state.Epoch, state.Step), Is.EqualTo((1, 0)));
        Assert.That(net.Save()["bn1.num_batches_tracked"].Integers, Is.EqualTo(new[] { 4L }));
    }

    [Test]
    public void AResultWithoutEpochsHasNoBest() =>
        Assert.That(() => new TrainingResult([]).Best, Throws.InvalidOperationException.With.Message.EqualTo("no epoch was trained"));
}
