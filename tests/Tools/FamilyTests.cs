using Idsnn.Training;

namespace Idsnn.Tests.Tools;

/// <summary>Every family and layout of networks goes the whole way that a user goes with it.</summary>
[Category("Slow")]
public sealed class FamilyTests
{
    [TestCase("spiking-vgg11", "vgg13")]
    [TestCase("spiking-vgg16", "resnet18", "--init", "none", "--pooling", "average")]
    [TestCase("spiking-resnet19", "resnet19")]
    [TestCase("ms-resnet19", "resnet19")]
    [TestCase("spiking-resnet20", "resnet32")]
    [TestCase("sew-resnet20", "resnet20", "--neuron", "plif", "--optimizer", "adamw", "--lr", "0.001")]
    public void IsTrainedResumedEvaluatedAndReported(string model, string teacher, params string[] options)
    {
        using var folder = new TemporaryFolder();
        string run = folder.File("run"), checkpoint = Path.Combine(run, "checkpoints", "last.safetensors");
        string[] tiny = "--width 2 -T 2 -b 8 --limit-train 16 --limit-test 8 --epochs 1 --device cpu".Split(' ');
        Succeeds(["train", "--model", model, "--teacher", teacher, .. tiny, .. options, "--output-dir", run]);
        Succeeds(["train", "--resume", run, "--epochs", "2"]);
        Succeeds(["report", run, "--output", folder.File("page.html")]);
        var eval = Succeeds(["eval", "--checkpoint", checkpoint, "--limit-test", "8", "--device", "cpu"]);

        var record = RunRecord.Load(run);
        Assert.That(record.Results!.Networks.Select(network => network.Model), Is.EqualTo(new[] { teacher, model }));
        Assert.That(record.Results.Insight!.Energy.Macs, Is.GreaterThan(0));
        Assert.That(eval.Lines, Has.One.StartsWith($"{model}, width 2, T = 2, epoch 2: "));
        Assert.That(File.ReadAllText(folder.File("page.html")), Does.Contain(Path.GetFileName(model.Split('-')[^1])[^2..]));
    }

    private static Outcome Succeeds(string[] arguments)
    {
        var outcome = CommandLine.Run(arguments);
        Assert.That((outcome.Code, outcome.Errors), Is.EqualTo((0, "")), string.Join(' ', arguments));
        return outcome;
    }
}
