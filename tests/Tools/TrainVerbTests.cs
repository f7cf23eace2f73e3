using System.Text.Json;
using Idsnn.Training;

namespace Idsnn.Tests.Tools;

/// <summary>Training from the command line to the files it leaves, and those files' use.</summary>
public class TrainVerbTests
{
    private static readonly string[] TinyNets = ["--width", "2", "-T", "2", "--teacher", "resnet18", "--device", "cpu"];

    private TemporaryFolder folder = null!;
    private string[] cifar = null!;
    private Outcome pipeline = null!;

    private string Teacher => folder.File("pipeline/checkpoints/teacher-best.safetensors");

    private string Student => folder.File("pipeline/checkpoints/last.safetensors");

    /// <summary>The pipeline on the synthetic images, whose checkpoints other tests go on with.</summary>
    [OneTimeSetUp]
    public void RunPipeline()
    {
        folder = new TemporaryFolder();
        cifar = ["--dataset", "cifar10", "--data-path", TinyCifar.Create(folder.File("cifar"))];
        pipeline = CommandLine.Run(
        [
            "train", .. TinyNets, "--epochs", "1", "--limit-train", "64", "--limit-test", "32", "--output-dir", folder.File("pipeline"),
        ]);
    }

    [OneTimeTearDown]
    public void DeleteFolder() => folder.Dispose();

    [Test]
    public void ThePipelineTrainsTeacherAndStudentAndSaysSo()
    {
        Assert.That((pipeline.Code, pipeline.Errors), Is.EqualTo((0, "")));
        Assert.That(Files("pipeline"), Is.EqualTo(Initialised("best", "last", "state-previous", "state", "teacher-best", "teacher-last")));
        Assert.That(pipeline.Lines[0], Does.StartWith("device cpu: ").And.EndWith("; data synthetic, 64 + 32 images"));
        Assert.That(pipeline.Lines, Has.One.StartsWith("teacher resnet18, width 2: "));
        Assert.That(pipeline.Lines, Has.One.StartsWith("student spiking-resnet18, width 2, T = 2: "));
        Assert.That(pipeline.Lines, Has.One.EqualTo("layer2.0     ← layer2.0     10 copied, 5 random"));
        Assert.That(pipeline.Lines, Has.One.EqualTo("85 copied, 0 looped, 17 random"));
        string[] transfers = File.ReadAllLines(folder.File("pipeline/transfer.txt"));
        Assert.That(transfers, Has.Length.EqualTo(103).And.One.StartsWith("copied  layer2.0.conv1.weight [4, 2, 3, 3]"));
        Assert.That(pipeline.Lines, Has.One.StartsWith("teacher: last accuracy "));
        Assert.That(pipeline.Lines, Has.One.StartsWith("student: last accuracy "));
        Assert.That(pipeline.Lines, Has.One.EqualTo("what the student does on 32 test images"));
        Assert.That(pipeline.Lines, Has.One.Matches("^layer4.1.bn2 +4×4×16 +[0-9.]+ +[0-9]+ % +[0-9]+ % +[0-9]+ %$"));
        Assert.That(pipeline.Lines, Has.One.Matches("^accuracy after 1 … 2 steps: [0-9.]+ %, [0-9.]+ %$"));
        Assert.That(pipeline.Lines, Has.One.StartsWith("arithmetic per image ").And.One.Contains("(at 4.6 pJ a MAC and 0.9 pJ an AC)"));
        Assert.That(
            pipeline.Lines,
            Has.One.StartsWith("network").And.One.StartsWith("teacher resnet18 ").And.One.StartsWith("student spiking-resnet18 "));
        Assert.That(pipeline.Lines[^2], Is.EqualTo($"results in {folder.File("pipeline")}; open {folder.File("pipeline/report.html")}"));
        Assert.That(
            Directory.EnumerateDirectories(folder.File("pipeline/tensorboard")).Select(Path.GetFileName),
            Is.EquivalentTo(new[] { "student", "teacher" }));
        Assert.That(File.ReadAllText(folder.File("pipeline/log.txt")), Is.EqualTo(pipeline.Out.ReplaceLineEndings("\n")));
    }

    [Test]
    public void ResultsSayWhatCameOfIt()
    {
        var record = RunRecord.Load(folder.File("pipeline"));
        var (networks, stages, insight) = record.Results!;

        Assert.That(networks.Select(network => (network.Network, network.Model, network.Epochs)), Is.EqualTo(new[]
        {
            ("teacher", "resnet18", 1), ("student", "spiking-resnet18", 1),
        }));
        Assert.That(stages.Select(stage => stage.Stage), Is.EqualTo(new[] { "teacher", "student", "insight" }));
        Assert.That(insight!.AccuracyByTimestep[^1], Is.EqualTo(networks[1].LastAccuracy).Within(1e-9));
        Assert.That(insight.TeacherEnergy!.Macs, Is.GreaterThan(insight.Energy.Macs));
        Assert.That(record.Epochs.Select(row => row.FiringRate > 0), Is.EqualTo(new[] { false, true }));
        Assert.That(record.Config.Commit, Is.Null.Or.Match("^[0-9a-f]{40}$"));
        Assert.That(record.Config.Dataset.Checksum, Does.Match("^[0-9a-f]{64}$"));
        Assert.That((record.Config.Options["clip-norm"], record.Config.Options["on-nonfinite"]), Is.EqualTo(("0", "stop")));
    }

    [Test]
    public void MetricsHoldOneRowForEachEpochOfEachNetwork()
    {
        string[] rows = File.ReadAllLines(folder.File("pipeline/metrics.csv"));

        Assert.That(
            rows.Select(row => row[..row.IndexOf(',', StringComparison.Ordinal)]), Is.EqualTo(new[] { "network", "teacher", "student" }));
        Assert.That(rows.Select(row => row.Split(',').Length), Has.All.EqualTo(11));
    }

    [Test]
    public void EvaluationFindsTheAccuracyThatTrainingSaw()
    {
        var info = Checkpoint.Load(Student).Info;
        var outcome = CommandLine.Run(
            "eval", "--checkpoint", Student, "--limit-test", "32", "--device", "cpu", "--model", "Spiking-ResNet18",
            "--decay", "0.25", "--threshold", "0.5");

        Assert.That((outcome.Code, outcome.Errors), Is.EqualTo((0, "")));
        Assert.That(outcome.Out, Does.StartWith(FormattableString.Invariant(
            $"spiking-resnet18, width 2, T = 2, epoch 1: accuracy {info.Accuracy:P2}, loss ")).And.Contain(
                "on 32 images of synthetic (cpu)"));
    }

    [Test]
    public void EvaluationRunsOtherNumbersOfTimesteps()
    {
        var outcome = CommandLine.Run(
            "eval", "--checkpoint", Student, "--limit-test", "8", "--device", "cpu", "-T", "1,3", "-b", "8", "--confusion",
            "--json", folder.File("eval.json"));
        using var json = JsonDocument.Parse(File.ReadAllText(folder.File("eval.json")));
        var results = json.RootElement.EnumerateArray().ToList();

        Assert.That((outcome.Code, outcome.Errors), Is.EqualTo((0, "")));
        Assert.That(
            outcome.Lines.Where(line => line.Contains("accuracy", StringComparison.Ordinal)).Select(line => line[..40]), Is.EqualTo(new[]
        {
            "spiking-resnet18, width 2, T = 1, epoch ", "spiking-resnet18, width 2, T = 3, epoch ",
        }));
        Assert.That(outcome.Out, Does.Contain("; after 1 … 3 steps: ").And.Contain(" images/s"));
        Assert.That(
            outcome.Lines.Count(line => line.StartsWith("disk ", StringComparison.Ordinal)), Is.EqualTo(2), "a row of each confusion");
        Assert.That(results.Select(result => result.GetProperty("timesteps").GetInt32()), Is.EqualTo(new[] { 1, 3 }));
        Assert.That(results[1].GetProperty("accuracy_by_timestep").GetArrayLength(), Is.EqualTo(3));
        Assert.That(
            results[1].GetProperty("accuracy_by_timestep")[0].GetDouble(), Is.EqualTo(results[0].GetProperty("accuracy").GetDouble()),
            "the first step does not know how many follow");
    }

    [Test]
    public void TheTeacherTrainsAlone()
    {
        Train("alone", "--stage", "teacher", "--epochs", "2", "--schedule", "cosine", "--warmup-epochs", "1");

        Assert.That(Files("alone"), Is.EqualTo(Run("best", "last", "state-previous", "state")));
        Assert.That(Checkpoint.Load(folder.File("alone/checkpoints/last.safetensors")).Info.Dataset, Is.EqualTo("CIFAR-10"));
    }

    [Test]
    public void AStudentTrainsUnderASavedTeacherAndTakesOverItsNormalisation()
    {
        var outcome = CommandLine.Run(
        [
            "train", .. TinyNets, "--stage", "student", "--teacher-checkpoint", Teacher, "--epochs", "1", "--model", "sew-resnet18",
            "--init", "even", "--shortcuts", "copy", "--limit-train", "32", "--limit-test", "8", "--output-dir", folder.File("taught"),
        ]);

        Assert.That((outcome.Code, outcome.Errors), Is.EqualTo((0, "")));
        Assert.That(Files("taught"), Is.EqualTo(Initialised("best", "last", "state")));
        Assert.That(outcome.Lines, Has.One.StartsWith($"teacher resnet18, width 2: {Teacher}, epoch 1, accuracy "));
        Assert.That(outcome.Lines, Has.One.EqualTo("100 copied, 0 looped, 2 random"));
        Assert.That(
            Checkpoint.Load(folder.File("taught/checkpoints/last.safetensors")).Info.Normalization.Mean,
            Is.EqualTo(Checkpoint.Load(Teacher).Info.Normalization.Mean));
    }

    [Test]
    public void AStudentTrainsWithoutATeacher()
    {
        var outcome = Train("plain", "--stage", "student", "--init", "none", "--kd-alpha", "0", "--epochs", "1", "--encoder", "poisson");

        Assert.That(Files("plain"), Is.EqualTo(Run("best", "last", "state")));
        Assert.That(outcome.Out, Does.Not.Contain("teacher").And.Not.Contain(", kl "));
    }

    [Test]
    public void NoEpochsInitialiseAndStop()
    {
        Train("untrained", "--epochs", "0", "--seed", "3");
        var (teacher, student) = (Load("teacher-last"), Load("last"));

        Assert.That(Files("untrained"), Is.EqualTo(Initialised("last", "teacher-last")));
        Assert.That(student.Info.Epoch, Is.Zero);
        Assert.That(student.State["layer1.0.conv1.weight"].Floats, Is.EqualTo(teacher.State["layer1.0.conv1.weight"].Floats));
        Assert.That(student.State["fc.weight"].Floats, Is.Not.EqualTo(teacher.State["fc.weight"].Floats));
        Checkpoint Load(string name) => Checkpoint.Load(folder.File($"untrained/checkpoints/{name}.safetensors"));
    }

    [Test]
    public void InterruptionBeforeTheFirstEpochLeavesNothing()
    {
        var outcome = CommandLine.Run(
            new CancellationToken(canceled: true),
            ["train", .. TinyNets, .. cifar, "--epochs", "1", "--output-dir", folder.File("interrupted")]);

        Assert.That((outcome.Code, outcome.Errors), Is.EqualTo((130, $"interrupted{Environment.NewLine}")));
        Assert.That(Directory.Exists(folder.File("interrupted")), Is.False);
    }

    [Test]
    public void ARateTooHighSaysSoAndLeavesTheBatch()
    {
        var outcome = CommandLine.Run(
            ["train", .. TinyNets, .. cifar, "--stage", "teacher", "--lr", "1e30", "-b", "8", "--epochs", "1", "--output-dir", folder.File(
                "high")]);

        string batch = folder.File("high/nonfinite-teacher-e1-s2.safetensors");
        Assert.That((outcome.Code, outcome.Errors), Is.EqualTo((
            2,
            "error: teacher: the loss or the gradients are no longer finite in epoch 1 at step 2, beginning with the output of bn1; "
            + $"lower the learning rate (--lr); its batch is kept in {batch}{Environment.NewLine}")));
        Assert.That(
            Directory.EnumerateFileSystemEntries(folder.File("high")).Select(Path.GetFileName),
            Is.EquivalentTo(new[] { "config.json", "log.txt", Path.GetFileName(batch) }));
        Assert.That(File.ReadAllText(folder.File("high/log.txt")), Does.EndWith($"its batch is kept in {batch}\n"));
    }

    [Test]
    public void StepsThatAreSkippedAreSaid()
    {
        var outcome = CommandLine.Run(
        [
            "train", .. TinyNets, .. cifar, "--stage", "teacher", "--lr", "1e30", "-b", "8", "--epochs", "3", "--clip-norm", "2.5",
            "--on-nonfinite", "skip", "--output-dir", folder.File("skip"),
        ]);

        Assert.That((outcome.Code, outcome.Errors), Is.EqualTo((
            2,
            $"error: teacher: the loss on the test set is not finite after epoch 1; lower the learning rate (--lr){Environment.NewLine}")));
        Assert.That(outcome.Lines, Has.One.EqualTo(
            "warning: teacher, epoch 1: step 2 was skipped, since its loss or gradients are not finite; lower the learning rate (--lr)"));
        Assert.That(outcome.Lines, Has.One.Matches("^teacher 1: [1-9][0-9]* of [0-9]+ steps were skipped$"));
    }

    // A checkpoint that is not what the options say. PLACE stands for the folder.
    [TestCase("holds a network whose model is spiking-resnet18, not resnet18; leave --model out",
        "eval", "--checkpoint", "PLACE/pipeline/checkpoints/last.safetensors", "--model", "resnet18")]
    [TestCase("holds a network whose decay is 0.25, not 0.5; leave --decay out",
        "eval", "--checkpoint", "PLACE/pipeline/checkpoints/last.safetensors", "--decay", "0.5")]
    [TestCase("holds a network whose decay is none, not 0.5; leave --decay out",
        "eval", "--checkpoint", "PLACE/pipeline/checkpoints/teacher-last.safetensors", "--decay", "0.5")]
    [TestCase("holds a network whose threshold is 0.5, not 1; leave --threshold out",
        "eval", "--checkpoint", "PLACE/pipeline/checkpoints/last.safetensors", "--threshold", "1")]
    [TestCase("unknown model 'vgg'", "eval", "--checkpoint", "PLACE/pipeline/checkpoints/last.safetensors", "--model", "vgg")]
    [TestCase("resnet18 has no time: its number of time-steps is 1, got 4",
        "eval", "--checkpoint", "PLACE/pipeline/checkpoints/teacher-last.safetensors", "-T", "4", "--device", "cpu")]
    [TestCase("was trained on synthetic (10 classes: disk, ring, …), not on CIFAR-10 (10: airplane, automobile, …)",
        "eval", "--checkpoint", "PLACE/pipeline/checkpoints/last.safetensors", "--dataset", "cifar10", "--data-path", "PLACE/cifar")]
    [TestCase("was trained on synthetic (10 classes: disk, ring, …), not on CIFAR-10 (10: airplane, automobile, …)",
        "train", "--teacher-checkpoint", "PLACE/pipeline/checkpoints/teacher-last.safetensors", "--dataset", "cifar10", "--data-path",
        "PLACE/cifar")]
    [TestCase("holds spiking-resnet18; a teacher is an ordinary network",
        "train", "--teacher-checkpoint", "PLACE/pipeline/checkpoints/last.safetensors")]
    [TestCase("cannot initialise spiking-resnet50's layer1.0.conv1 [2, 2, 1, 1] from resnet18's layer1.0.conv1 [2, 2, 3, 3]",
        "train", "--teacher-checkpoint", "PLACE/pipeline/checkpoints/teacher-last.safetensors", "--model", "spiking-resnet50", "--width",
        "2")]
    [TestCase("is no trace: its header has no metadata 'trace'", "replay", "--trace", "PLACE/pipeline/checkpoints/last.safetensors")]
    public void ACheckpointOfSomethingElseIsRefused(string message, params string[] arguments)
    {
        var before = folder.Entries;
        string[] output = arguments[0] == "train" ? ["--output-dir", "PLACE/refused"] : [];
        var outcome = CommandLine.Run(
            [.. arguments.Concat(output).Select(a => a.Replace("PLACE", folder.Path, StringComparison.Ordinal))]);

        BadInput.IsRefused(outcome, message);
        Assert.That(folder.Entries, Is.EqualTo(before), "files");
    }

    private Outcome Train(string output, params string[] arguments)
    {
        var outcome = CommandLine.Run(["train", .. TinyNets, .. cifar, "-b", "16", "--output-dir", folder.File(output), .. arguments]);
        Assert.That((outcome.Code, outcome.Errors), Is.EqualTo((0, "")));
        return outcome;
    }

    /// <summary>The files of a run that left these checkpoints.</summary>
    private static string[] Run(params string[] checkpoints) =>
    [
        .. checkpoints.Select(name => $"checkpoints/{name}.safetensors"), "config.json", "log.txt", "metrics.csv", "report.html",
        "results.json",
    ];

    /// <summary>Those of one whose student was initialised from a teacher.</summary>
    private static string[] Initialised(params string[] checkpoints) => [.. Run(checkpoints), "transfer.txt"];

    private string[] Files(string run) =>
    [
        .. Directory.EnumerateFiles(folder.File(run), "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(folder.File(run), file)).Order(StringComparer.Ordinal)
            .Where(file => !file.StartsWith("tensorboard", StringComparison.Ordinal)),
    ];
}
