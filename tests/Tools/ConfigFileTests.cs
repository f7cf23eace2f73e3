using Idsnn.Training;

namespace Idsnn.Tests.Tools;

/// <summary>train --config and --dry-run.</summary>
public class ConfigFileTests
{
    private TemporaryFolder folder = null!;

    [SetUp]
    public void MakeFolder() => folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => folder.Dispose();

    [Test]
    public void OptionsComeFromTheFileAndThoseGivenWin()
    {
        Write("""
            {
              // A tiny run.
              "stage": "teacher", "teacher": "resnet18", "width": 1, "device": "cpu", "lr": 2e-2, "nesterov": true, "no-vector-decay": true,
              "dataset": "synthetic", "limit-train": 16, "limit-test": 8, "epochs": "7", /* text is fine */
              "lr-milestones": [1, 2], "seed": 3, "teacher-epochs": null, "batch-size": 8,
            }
            """);
        var outcome = CommandLine.Run(
            "train", "--config", folder.File("c.json"), "--epochs", "1", "-b", "16", "--no-vector-decay=false", "--output-dir",
            folder.File("run"));
        var options = RunRecord.Load(folder.File("run")).Config.Options;

        Assert.That((outcome.Code, outcome.Errors), Is.EqualTo((0, "")));
        Assert.That(
            (
                options["epochs"], options["batch-size"], options["no-vector-decay"], options["nesterov"], options["lr"],
                options["lr-milestones"], options["seed"]),
            Is.EqualTo(("1", "16", "false", "true", "0.02", "1,2", "3")));
        Assert.That(options.Keys, Has.None.AnyOf("config", "output-dir", "resume", "dry-run", "teacher-epochs"));

        // A run's config.json does for another run what the command line did.
        var again = CommandLine.Run("train", "--config", folder.File("run/config.json"), "--output-dir", folder.File("again"));
        Assert.That((again.Code, again.Errors), Is.EqualTo((0, "")));
        Assert.That(RunRecord.Load(folder.File("again")).Config.Options, Is.EqualTo(options));
        Assert.That(File.ReadAllText(folder.File("again/metrics.csv")), Is.EqualTo(File.ReadAllText(folder.File("run/metrics.csv"))));
    }

    [TestCase("{\"epoch\": 5}", "HERE: there is no option 'epoch'; did you mean 'epochs'?")]
    [TestCase("{\"batch_size\": 5}", "HERE: there is no option 'batch_size'; did you mean 'batch-size'?")]
    [TestCase("{\"colour\": 5}", "HERE: there is no option 'colour'")]
    [TestCase("{\"epochs\": 5, \"epochs\": 6}", "HERE: 'epochs' is there twice")]
    [TestCase("{\"resume\": \"last\"}", "HERE: 'resume' belongs on the command line")]
    [TestCase("{\"epochs\": 1.5}", "HERE: 'epochs' must be a whole number of at most nine digits, got 1.5")]
    [TestCase("{\"epochs\": \"many\"}", "HERE: 'epochs' must be a whole number of at most nine digits, got \"many\"")]
    [TestCase("{\"epochs\": [1]}", "HERE: 'epochs' must be a whole number of at most nine digits, got [1]")]
    [TestCase("{\"seed\": -1}", "HERE: 'seed' must be a whole number from 0 on, got -1")]
    [TestCase("{\"lr\": \"0,05\"}", "HERE: 'lr' must be a number (write decimals with a point), got \"0,05\"")]
    [TestCase("{\"lr\": true}", "HERE: 'lr' must be a number (write decimals with a point), got true")]
    [TestCase("{\"nesterov\": 1}", "HERE: 'nesterov' must be true or false, got 1")]
    [TestCase("{\"nesterov\": \"yes\"}", "HERE: 'nesterov' must be true or false, got \"yes\"")]
    [TestCase("{\"model\": 18}", "HERE: 'model' must be text, got 18")]
    [TestCase(
        "{\"lr-milestones\": [1, \"2\"]}",
        "HERE: 'lr-milestones' must be a list of whole numbers such as 60,120,160, or none, got [1, \"2\"]")]
    [TestCase("{\"options\": [1]}", "HERE: expected an object of options")]
    [TestCase("[]", "HERE: expected an object of options")]
    [TestCase("{\"epochs\": ", "HERE is no JSON: ")]
    [TestCase("", "HERE is no JSON: ")]
    [TestCase("{\"model\": \"\\ud800\"}", "HERE is no JSON: ")]
    [TestCase("{\"\\udc00\": 1}", "HERE is no JSON: ")]
    [TestCase("{\"dataset\": \" folder \"}", "--dataset: ' folder ' is not one of cifar10, cifar100, folder, synthetic")]
    [TestCase("{\"lr-milestones\": \",\"}", "HERE: 'lr-milestones' must be a list of whole numbers such as 60,120,160, or none, got \",\"")]
    [TestCase("{\"epochs\": 3, \"recipe\": \"strong\"}", "--warmup-epochs 5 leaves a training of 3 epochs none at its full rate")]
    [TestCase("{\"lr\": -1}", "--lr must be above 0 and finite, got -1")]
    [TestCase("{\"model\": \"vgg\"}", "unknown model 'vgg'")]
    public void AWrongFileIsRefused(string json, string message)
    {
        Write(json);
        BadInput.IsRefused(
            CommandLine.Run("train", "--config", folder.File("c.json"), "--output-dir", folder.File("run")),
            message.Replace("HERE", folder.File("c.json"), StringComparison.Ordinal));
        Assert.That(folder.Entries, Is.EqualTo(new[] { "c.json" }));
    }

    [Test]
    public void ANonTextIsRefused()
    {
        File.WriteAllBytes(folder.File("c.json"), [.. "{\"model\": \""u8, 0xff, .. "\"}"u8]);
        BadInput.IsRefused(CommandLine.Run("train", "--config", folder.File("c.json")), $"{folder.File("c.json")} is no text in UTF-8: ");
    }

    [Test]
    public void AByteOrderMarkSaysWhichTextItIs([Values("utf-8", "utf-16", "utf-16BE", "utf-32")] string encoding)
    {
        File.WriteAllText(folder.File("c.json"), "{\"epochs\": 0, \"lr\": -7}", System.Text.Encoding.GetEncoding(encoding));
        BadInput.IsRefused(CommandLine.Run("train", "--config", folder.File("c.json")), "--lr must be above 0 and finite, got -7");
    }

    [Test]
    public void NoMilestonesCanBeSaidAndAreRecorded()
    {
        Write("""
            {"stage": "teacher", "teacher": "resnet18", "width": 1, "limit-train": 8, "limit-test": 8, "epochs": 1, "lr-milestones": []}
            """);
        CommandLine.Run("train", "--config", folder.File("c.json"), "--device", "cpu", "--output-dir", folder.File("run"));
        string recorded = RunRecord.Load(folder.File("run")).Config.Options["lr-milestones"];
        var spec = CommandLine.Spec("--lr-milestones", recorded);

        Assert.That(recorded, Is.EqualTo("none"));
        Assert.That(spec.StudentTraining.Schedule.Milestones, Is.Empty);
        Assert.That(CommandLine.Run("train", "--resume", folder.File("run"), "--lr-milestones", "NONE").Code, Is.Zero);
    }

    [Test]
    public void KeysThatArePassedOverAreNamed()
    {
        Write("""{"options": {"lr": -7}, "epochs": 5, "version": "1"}""");
        var outcome = CommandLine.Run("train", "--config", folder.File("c.json"));

        Assert.That(outcome.Errors.ReplaceLineEndings("\n"), Is.EqualTo(
            $"warning: {folder.File("c.json")}: 'epochs' stands beside \"options\" and is passed over; move it into them\n"
            + "error: --lr must be above 0 and finite, got -7\n"));
    }

    [TestCase("--warmup-epochs 3 --epochs 4 --teacher-epochs 3 --stage student", true)]
    [TestCase("--warmup-epochs 3 --epochs 4 --teacher-epochs 3 --teacher-checkpoint x", true)]
    [TestCase("--warmup-epochs 3 --epochs 4 --teacher-epochs 3", false)]
    [TestCase("--warmup-epochs 3 --epochs 3 --teacher-epochs 9 --stage teacher", true)]
    [TestCase("--warmup-epochs 3 --epochs 3 --teacher-epochs 9", false)]
    [TestCase("--warmup-epochs 3 --epochs 0 --teacher-epochs 9", true)]
    [TestCase("--warmup-epochs 0 --epochs 1", true)]
    public void AWarmupLeavesEpochsAtTheFullRate(string options, bool holds)
    {
        var spec = CommandLine.Spec(options.Split(' '));
        var refused = Throws.InstanceOf<SettingException>().With.Message.StartsWith("the warm-up 3 leaves a training of 3 epochs");
        Assert.That(() => spec.Validate(), holds ? Throws.Nothing : refused);
    }

    [TestCase("train --config HERE/none", "--config: there is no file 'HERE/none'")]
    [TestCase("train --config", "--config needs a value; see train --help")]
    [TestCase("train --config HERE/a --resume last", "--resume takes its options from the run; leave --config out")]
    [TestCase("train --dry-run --resume last", "--dry-run plans a new run; leave --resume out")]
    [TestCase("train --epoch 3", "unknown option --epoch (did you mean --epochs?); see train --help")]
    [TestCase("train --learning-rate 3", "unknown option --learning-rate; see train --help")]
    [TestCase("train --checkpoint-minutes -1", "--checkpoint-minutes must be at least 0, got -1")]
    [TestCase("train -T=0", "--timesteps must be at least 1, got 0")]
    public void AWrongCommandLineIsRefused(string arguments, string message) => BadInput.IsRefused(
        CommandLine.Run(arguments.Replace("HERE", folder.Path, StringComparison.Ordinal).Split(' ')),
        message.Replace("HERE", folder.Path, StringComparison.Ordinal));

    [Test]
    public void ADryRunPlansAndLeavesNothing()
    {
        var before = Directory.GetFileSystemEntries(".");
        var outcome = CommandLine.Run(
            "train", "--dry-run", "--width", "1", "-T", "2", "--teacher", "resnet18", "--device", "cpu", "--limit-train", "20",
            "--limit-test", "8",
            "-b", "8", "--epochs", "3", "--teacher-epochs", "5", "--output-dir", folder.File("run"));

        Assert.That((outcome.Code, outcome.Errors), Is.EqualTo((0, "")));
        Assert.That(outcome.Lines, Has.One.Matches("^teacher +resnet18, width 1 +5 +3 .* MiB +[0-9]+ s$"));
        Assert.That(outcome.Lines, Has.One.Matches("^student +spiking-resnet18, width 1, T = 2 +3 +3 .* MiB +[0-9]+ s$"));
        Assert.That(outcome.Lines, Has.One.Matches("^about [0-9]+ s in all, from one batch of each; nothing was written$"));
        Assert.That(folder.Entries, Is.Empty);
        Assert.That(Directory.GetFileSystemEntries("."), Is.EqualTo(before));
    }

    private void Write(string json) => File.WriteAllText(folder.File("c.json"), json);
}
