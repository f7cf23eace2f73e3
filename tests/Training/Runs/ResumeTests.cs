using Idsnn.Datasets;
using Idsnn.Engine;
using Idsnn.Models;
using Idsnn.Runs;
using Idsnn.Training;

namespace Idsnn.Tests.Training;

/// <summary>A pipeline that is ended and resumed leaves the bytes of one that never was.</summary>
[Category("Slow")]
public class ResumeTests(string name) : DeviceTests(name)
{
    private const int Steps = 4 * Epochs * 2, Epochs = 2;

    private static readonly TimeSpan EveryStep = TimeSpan.FromTicks(1), EveryEpoch = TimeSpan.Zero;

    private TemporaryFolder folder = null!, wholes = null!;

    /// <summary>The run that is never ended.</summary>
    [OneTimeSetUp]
    public void RunWhole()
    {
        wholes = new TemporaryFolder();
        Run(wholes.File("2"), new Watcher(), EveryEpoch, default);
    }

    [OneTimeTearDown]
    public void DeleteWhole() => wholes.Dispose();

    [SetUp]
    public void MakeFolder() => folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => folder.Dispose();

    [Test]
    public void AStopAtAnyStepIsNoLoss([Values(1, 4, 11)] int step)
    {
        using var cancellation = new CancellationTokenSource();
        var watcher = new Watcher { StepDone = done => Do(done == step, cancellation.Cancel) };

        Assert.That(() => Run(Cut, watcher, EveryEpoch, cancellation.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(watcher.Steps, Is.EqualTo(step));
        Run(Cut, watcher, EveryEpoch, default);

        Assert.That(watcher.Steps, Is.EqualTo(Steps), "none was done twice");
        SameFiles();
    }

    [TestCase(3, true)]
    [TestCase(5, false)]
    public void ARunThatIsKilledAgainAndAgainEndsTheSame(int steps, bool savesEveryStep)
    {
        var interval = savesEveryStep ? EveryStep : EveryEpoch;
        int lives = 0;
        for (bool killed = true; killed; lives++)
        {
            try
            {
                // Nothing is saved on the way out, as nothing is when a process is killed.
                Run(Cut, new Watcher { StepDone = done => Do(done == steps, () => throw new TimeoutException()) }, interval, default);
                killed = false;
            }
            catch (TimeoutException)
            {
                Assert.That(lives, Is.LessThan(Steps), "it does not get on");
            }
        }

        Assert.That(lives, Is.GreaterThan(3));
        SameFiles();
    }

    [Test]
    public void MoreEpochsGoOnFromTheLast()
    {
        Run(wholes.File("3"), new Watcher(), EveryEpoch, default, epochs: 3);
        Run(Cut, new Watcher(), EveryEpoch, default, epochs: 2);
        Run(Cut, new Watcher(), EveryEpoch, default, epochs: 3);

        SameFiles(epochs: 3);
    }

    [Test]
    public void AnotherTeacherIsRefused()
    {
        using var cancellation = new CancellationTokenSource();
        var watcher = new Watcher { StepDone = done => Do(done == Steps - 2, cancellation.Cancel) };
        Assert.That(() => Run(Cut, watcher, EveryEpoch, cancellation.Token), Throws.InstanceOf<OperationCanceledException>());
        var teacher = SafetensorsFile.Load(folder.File("cut/checkpoints/teacher-last.safetensors"));
        teacher.Tensors["fc.bias"].Floats![0] += 1f;
        teacher.Save(folder.File("cut/checkpoints/teacher-last.safetensors"));

        Assert.That(() => Run(Cut, new Watcher(), EveryEpoch, default), Throws.InstanceOf<InvalidDataException>().With.Message.EqualTo(
            "student was learning under a teacher with other weights; give the teacher's checkpoint that the run began with"));
    }

    [Test]
    public void ALossThatIsNotFiniteIsNotSaved()
    {
        using var net = Network.Create(Device, Tiny.Ann, seed: 1);
        using (var run = RunFolder.Reopen(folder.File("run"), "teacher"))
        {
            var pipeline = new Pipeline(Device, Tiny.Dataset, run, _ => { }, default) { SaveEvery = EveryStep };
            Assert.That(
                () => pipeline.Train("teacher", net, null, Tiny.Options(2, lr: 1e30)),
                Throws.InstanceOf<ArithmeticException>().With.Message.EqualTo(
                    "teacher: the loss or the gradients are no longer finite in epoch 1 at step 2, beginning with the output of bn1; "
                    + $"lower the learning rate; its batch is kept in {folder.File("run/nonfinite-teacher-e1-s2.safetensors")}"));
            var (position, tensors) = run.LoadState(_ => { })!.Value;
            Assert.That(position.Current.Step, Is.EqualTo(1));
        }
    }

    private static void Do(bool condition, Action action)
    {
        if (condition) action();
    }

    private string Cut => folder.File("cut");

    private void SameFiles(int epochs = Epochs)
    {
        string whole = wholes.File($"{epochs}");
        string[] files = [.. Directory.EnumerateFiles(whole, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        Assert.That(files.Select(Path.GetFileName), Is.EqualTo(new[]
        {
            "best.safetensors", "last.safetensors", "state-previous.safetensors", "state.safetensors", "teacher-best.safetensors",
            "teacher-last.safetensors", "metrics.csv", "transfer.txt",
        }));
        foreach (string file in files.Where(file => !file.Contains("state", StringComparison.Ordinal)))
        {
            string cut = file.Replace(whole, Cut, StringComparison.Ordinal);
            Assert.That(File.ReadAllBytes(cut).AsSpan().SequenceEqual(File.ReadAllBytes(file)), file);
        }

        // The states hold times beside the numbers.
        var (expected, resumed) = (Load(whole), Load(Cut));
        Assert.That(resumed.Tensors.Keys, Is.EqualTo(expected.Tensors.Keys));
        foreach (var (key, tensor) in expected.Tensors) Assert.That(resumed.Tensors[key].Floats.AsSpan().SequenceEqual(tensor.Floats), key);

        SafetensorsFile Load(string run) => SafetensorsFile.Load(Path.Combine(run, "checkpoints/state.safetensors"));
    }

    /// <summary>The pipeline as the command strings it together, from wherever the folder says that it stands.</summary>
    private void Run(string path, Watcher watcher, TimeSpan saveEvery, CancellationToken cancellation, int epochs = Epochs)
    {
        using var run = RunFolder.Reopen(path, "student");
        var pipeline = new Pipeline(Device, Tiny.Dataset, run, _ => { }, cancellation)
        {
            From = run.LoadState(_ => { }),
            SaveEvery = saveEvery,
            Monitors = [watcher],
        };
        using var teacher = pipeline.Build(Tiny.Ann, 1);
        pipeline.Train("teacher", teacher, null, Tiny.Options(Epochs, lr: 0.005) with { Update = new UpdateOptions(new AdamWOptions()) });
        using var student = pipeline.Build(Tiny.Spiking with { Encoder = Encoder.Poisson }, 2);
        pipeline.Initialize(student, teacher, BlockMapping.Prefix, ShortcutInit.Random);
        pipeline.Train("student", student, teacher, Tiny.Options(epochs, new Objective(PerStep: true)) with
        {
            Update = new UpdateOptions(new SgdOptions(Nesterov: true)),
            AverageDecay = 0.9f,
            Augmentation = Augmentation.CropFlip with { CutMix = 0.5f },
        });
    }
}
