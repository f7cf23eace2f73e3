using Idsnn.Models;
using Idsnn.Runs;
using Idsnn.Training;

namespace Idsnn.Tests.Training;

public class PipelineTests(string name) : DeviceTests(name)
{
    private static readonly string[] Files =
    [
        "metrics.csv", "checkpoints/best.safetensors", "checkpoints/last.safetensors", "checkpoints/teacher-best.safetensors",
        "checkpoints/teacher-last.safetensors",
    ];

    [Test]
    [Category("Slow")]
    public void TwoRunsOfOneSeedLeaveTheSameBytesWhateverTheWorkers([Values(Encoder.Direct, Encoder.Poisson)] Encoder encoder)
    {
        using var folder = new TemporaryFolder();
        Run(folder.File("a"), encoder, workers: 0);
        Run(folder.File("b"), encoder, workers: 3);

        foreach (string file in Files)
        {
            byte[] first = File.ReadAllBytes(Path.Combine(folder.File("a"), file));
            Assert.That(first, Is.Not.Empty);
            Assert.That(File.ReadAllBytes(Path.Combine(folder.File("b"), file)), Is.EqualTo(first), file);
        }

        string[] metrics = File.ReadAllLines(Path.Combine(folder.File("a"), "metrics.csv"));
        Assert.That(metrics[0], Is.EqualTo(
            "network,epoch,lr,train_loss,train_ce,train_kl,train_accuracy,test_loss,test_accuracy,firing_rate,gradient_norm"));
        Assert.That(metrics[1..].Select(line => line[..9]), Is.EqualTo(new[] { "teacher,1", "teacher,2", "student,1", "student,2" }));
    }

    [Test]
    public void TheBestCheckpointIsTheFirstOfTheBestEpochs()
    {
        using var folder = new TemporaryFolder();
        using var run = new RunFolder(folder.File("run"));
        var log = new List<string>();
        var pipeline = new Pipeline(Device, Tiny.Dataset, run, log.Add, default);
        using var net = pipeline.Build(Tiny.Ann, 1);
        var result = pipeline.Train("teacher", net, null, Tiny.Options(4));
        var (best, last) = (Load("best"), Load("last"));

        Assert.That(best.Epoch, Is.EqualTo(result.Epochs.First(e => e.Test.Accuracy == result.Best.Test.Accuracy).Epoch));
        Assert.That(best.Accuracy, Is.EqualTo(result.Best.Test.Accuracy));
        Assert.That(last.Epoch, Is.EqualTo(4));
        Assert.That(last.Accuracy, Is.EqualTo(result.LastAccuracy));
        log.RemoveAll(line => line.StartsWith("note: ", StringComparison.Ordinal));
        Assert.That(log, Has.Count.EqualTo(5));
        Assert.That(
            log[^1],
            Does.StartWith(FormattableString.Invariant($"teacher: last accuracy {result.LastAccuracy:P2}, best {best.Accuracy:P2}")));
        CheckpointInfo Load(string which) => Checkpoint.Load(run.CheckpointFile("teacher", which)).Info;
    }

    [Test]
    public void NoEpochsSaveTheNetworkAsItIs()
    {
        using var folder = new TemporaryFolder();
        using var run = new RunFolder(folder.File("run"));
        var pipeline = new Pipeline(Device, Tiny.Dataset, run, _ => { }, default);
        using var net = pipeline.Build(Tiny.Spiking, 1);
        var before = net.Save();
        var result = pipeline.Train("student", net, null, Tiny.Options(0));
        var saved = Checkpoint.Load(run.CheckpointFile("student", "last"));

        Assert.That(saved.State["conv1.weight"].Floats, Is.EqualTo(before["conv1.weight"].Floats));
        Assert.That(saved.Info.Epoch, Is.Zero);
        Assert.That(saved.Info.Accuracy, Is.EqualTo(result.LastAccuracy));
    }

    private void Run(string path, Encoder encoder, int workers)
    {
        using var folder = new RunFolder(path);
        var pipeline = new Pipeline(Device, Tiny.Dataset, folder, _ => { }, default);
        using var teacher = pipeline.Build(Tiny.Ann, 1);
        pipeline.Train("teacher", teacher, null, Tiny.Options(2, workers: workers));
        using var student = pipeline.Build(Tiny.Spiking with { Encoder = encoder }, 2);
        pipeline.Initialize(student, teacher, BlockMapping.Prefix, ShortcutInit.Random);
        pipeline.Train("student", student, teacher, Tiny.Options(2, new Objective(), workers));
    }
}
