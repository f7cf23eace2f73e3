using Idsnn.Training;

namespace Idsnn.Tests.Tools;

/// <summary>What train --resume finds, and what it refuses.</summary>
public class ResumeVerbTests
{
    private TemporaryFolder folder = null!;

    private string Run => folder.File("run");

    /// <summary>A finished run of the teacher alone.</summary>
    [OneTimeSetUp]
    public void MakeRun()
    {
        folder = new TemporaryFolder();
        var outcome = CommandLine.Run(
            "train", "--stage", "teacher", "--teacher", "resnet18", "--width", "1", "--device", "cpu", "--dataset", "cifar10",
            "--data-path",
            TinyCifar.Create(folder.File("cifar")), "--epochs", "1", "--lr", "0.01", "--nesterov", "--output-dir", Run);
        Assert.That((outcome.Code, outcome.Errors), Is.EqualTo((0, "")));
        File.WriteAllText(folder.File("file"), "no checkpoint");
    }

    [OneTimeTearDown]
    public void DeleteFolder() => folder.Dispose();

    [TestCase("run")]
    [TestCase("run/checkpoints/state.safetensors")]
    [TestCase("run/checkpoints/last.safetensors")]
    public void AFinishedRunSaysSo(string target)
    {
        var outcome = CommandLine.Run("train", "--resume", folder.File(target));

        Assert.That((outcome.Code, outcome.Errors), Is.EqualTo((0, "")));
        Assert.That(outcome.Out, Does.Match($"^the run in {Run} is finished: teacher 1 epochs, accuracy [0-9.]+ %\\s*$"));
    }

    [Test]
    public void AFinishedRunGoesOnForMoreEpochs()
    {
        var before = RunRecord.Load(Run);
        Copy(Run, folder.File("longer"));
        var outcome = CommandLine.Run("train", "--resume", folder.File("longer"), "--epochs", "2");
        var after = RunRecord.Load(folder.File("longer"));

        Assert.That((outcome.Code, outcome.Errors), Is.EqualTo((0, "")));
        Assert.That(outcome.Lines, Has.One.EqualTo("teacher: going on after epoch 1"));
        Assert.That(after.Epochs, Has.Count.EqualTo(2));
        Assert.That(after.Epochs[0], Is.EqualTo(before.Epochs[0]));
        Assert.That(after.Config.Options["epochs"], Is.EqualTo("2"));
        Assert.That(after.Results!.Networks[0].Epochs, Is.EqualTo(2));
        Assert.That(CommandLine.Run("train", "--resume", folder.File("longer")).Out, Does.Contain("is finished"));
    }

    [Test]
    public void ARunEndedBeforeItsFirstStateStartsAnew()
    {
        Copy(Run, folder.File("early"));
        Directory.Delete(folder.File("early/checkpoints"), recursive: true);
        foreach (string file in (string[])["metrics.csv", "results.json"]) File.Delete(folder.File($"early/{file}"));
        var outcome = CommandLine.Run("train", "--resume", folder.File("early"));

        Assert.That((outcome.Code, outcome.Errors), Is.EqualTo((0, "")));
        Assert.That(File.ReadAllText(folder.File("early/metrics.csv")), Is.EqualTo(File.ReadAllText(folder.File("run/metrics.csv"))));
    }

    [TestCase("--resume HERE/none", "--resume: 'HERE/none' is neither 'last', nor a run's folder, nor a checkpoint in one")]
    [TestCase("--resume HERE/cifar", "--resume: 'HERE/cifar' is no run's folder: it lacks config.json")]
    [TestCase("--resume HERE/file", "--resume: 'HERE/file' is in no run's folder; to start from its weights use --student-checkpoint")]
    [TestCase(
        "--resume HERE/run/checkpoints/best.safetensors",
        "holds the weights of the best epoch, which training has gone past; --resume HERE/run goes on")]
    [TestCase("--resume last", "--resume last: there is no run in 'runs'; name its folder")]
    [TestCase(
        "--resume HERE/run --lr 0.1", "HERE/run was started with --lr 0.01, not with 0.1; leave --lr out to resume it, or start a new run")]
    [TestCase("--resume HERE/run -b 8", "HERE/run was started with --batch-size 64, not with 8")]
    [TestCase("--resume HERE/run --seed 5", "HERE/run was started with --seed 0, not with 5")]
    [TestCase("--resume HERE/run --teacher resnet34", "HERE/run was started with --teacher resnet18, not with resnet34")]
    [TestCase("--resume HERE/run --decay 0.5", "HERE/run was started with --decay 0.25, not with 0.5")]
    [TestCase("--resume HERE/run --dataset synthetic", "HERE/run was started with --dataset cifar10, not with synthetic")]
    [TestCase("--resume HERE/run --limit-train 10", "HERE/run was started without --limit-train, not with 10")]
    [TestCase("--resume HERE/run --clip-norm 1", "HERE/run was started with --clip-norm 0, not with 1")]
    [TestCase("--resume HERE/run --on-nonfinite skip", "HERE/run was started with --on-nonfinite stop, not with skip")]
    [TestCase("--resume HERE/run --nesterov=false", "HERE/run was started with --nesterov true, not with false")]
    [TestCase("--resume HERE/run --no-vector-decay", "HERE/run was started with --no-vector-decay false, not with true")]
    [TestCase("--resume HERE/run --epochs 0", "HERE/run was started with --epochs 1; more can be asked for, not fewer (0)")]
    [TestCase("--resume HERE/run --output-dir HERE/other", "--resume goes on in HERE/run; leave --output-dir out")]
    [TestCase("--resume HERE/run --epochs 2 --data-path HERE/other-cifar", "give the data that it was started on with --data-path")]
    public void IsRefused(string arguments, string message)
    {
        byte[] bytes = File.ReadAllBytes(Path.Combine(folder.File("cifar"), "data_batch_1.bin"));
        bytes[5]++;
        File.WriteAllBytes(Path.Combine(TinyCifar.Create(folder.File("other-cifar")), "data_batch_1.bin"), bytes);
        BadInput.IsRefused(CommandLine.Run(["train", .. Here(arguments).Split(' ')]), Here(message));
    }

    [TestCase("--resume HERE/run --lr 1e-2 --batch-size=64 --nesterov --teacher ResNet18 --workers 0 --epochs 1")]
    public void OptionsThatSayTheSameAreNotRefused(string arguments)
    {
        var outcome = CommandLine.Run(["train", .. Here(arguments).Split(' ')]);
        Assert.That((outcome.Code, outcome.Errors), Is.EqualTo((0, "")));
    }

    [Test]
    public void RatesThatDependOnTheNumberOfEpochsForbidMore()
    {
        Copy(Run, folder.File("cosine"));
        string config = File.ReadAllText(folder.File("cosine/config.json"));
        File.WriteAllText(folder.File("cosine/config.json"), config.Replace("multistep", "cosine", StringComparison.Ordinal));
        BadInput.IsRefused(
            CommandLine.Run("train", "--resume", folder.File("cosine"), "--epochs", "2"),
            "was started with --epochs 1, on which the rates of its cosine schedule depend; leave --epochs out");
    }

    private string Here(string text) => text.Replace("HERE", folder.Path, StringComparison.Ordinal);

    private static void Copy(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
