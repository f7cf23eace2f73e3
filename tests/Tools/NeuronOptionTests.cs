using Idsnn.Engine;
using Idsnn.Training;

namespace Idsnn.Tests.Tools;

/// <summary>Every kind of neuron from the command line to its checkpoint and back, and what the command refuses.</summary>
[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
[Category("Slow")]
public class NeuronOptionTests(string device)
{
    private static readonly string[] Tiny =
    [
        "--width", "2", "-T", "2", "--teacher", "resnet18", "--teacher-epochs", "1", "-b", "16", "--precision", "fp32", "--workers", "1",
    ];

    private TemporaryFolder folder = null!;

    [OneTimeSetUp]
    public void MakeFolder() => folder = new TemporaryFolder();

    [OneTimeTearDown]
    public void DeleteFolder() => folder.Dispose();

    [Test]
    public void APlifNetworkIsTrainedResumedAndEvaluated()
    {
        Train("whole", 2, "--neuron", "plif", "--decay", "0.5");
        Train("cut", 1, "--neuron", "plif", "--decay", "0.5");
        Succeeds("train", "--resume", folder.File("cut"), "--epochs", "2");
        var whole = Checkpoint.Load(Last("whole"));

        Assert.That(File.ReadAllBytes(Last("cut")), Is.EqualTo(File.ReadAllBytes(Last("whole"))));
        Assert.That(whole.Info.Model.Neuron, Is.EqualTo(new Neuron(0.5f, Kind: NeuronKind.Plif)));
        var decays = whole.State.Where(entry => entry.Key.EndsWith(".w", StringComparison.Ordinal)).Select(entry => entry.Value);
        Assert.That(decays.Select(decay => decay.Floats![0]).ToList(), Has.Count.EqualTo(17).And.None.Zero.And.Unique);
        Assert.That(
            Succeeds("eval", "--checkpoint", Last("whole"), "--limit-test", "16", "-T", "1,2", "--device", device).Out,
            Does.Contain("T = 2, epoch 2"));
        Assert.That(
            File.ReadAllText(folder.File("whole/report.html")),
            Does.Contain("PLIF neuron: decay trained by each layer, from 0.5 on, threshold 0.5, hard reset"));
    }

    [Test]
    public void AnIfNetworkIsTrained()
    {
        Train("if", 1, "--neuron", "if", "--initial-membrane", "0.25", "--fires-at-threshold", "--reset", "soft");

        Assert.That(
            Checkpoint.Load(Last("if")).Info.Model.Neuron,
            Is.EqualTo(new Neuron(1f, Reset: Reset.Soft, Kind: NeuronKind.If, InitialMembrane: 0.25f, FiresAtThreshold: true)));
        Assert.That(
            File.ReadAllText(folder.File("if/report.html")),
            Does.Contain("IF neuron: no leak, initial membrane 0.25, threshold 0.5, at which it fires too, soft reset"));
    }

    [TestCase("--neuron", "plif", "--model", "sew-resnet18")]
    [TestCase("--neuron", "if", "--initial-membrane", "-0.2")]
    public void AStepIsRecordedAndReplayed(params string[] neuron)
    {
        string trace = folder.File("trace.safetensors");
        Succeeds([
            "replay", "--record", trace, "--width", "2", "-T", "2", "--teacher", "resnet18", "--image-size", "12", "--device", device,
            .. neuron]);

        Assert.That(Succeeds("replay", "--trace", trace, "--device", device).Out, Does.Contain("\"gradients\": 0,"));
    }

    [TestCase("an IF neuron leaks nothing: its decay must be 1, got 0.25", "--neuron", "if", "--decay", "0.25")]
    [TestCase("the decay of a PLIF neuron must start between 0 and 1, both excluded, got 0", "--neuron", "plif", "--decay", "0")]
    [TestCase(
        "a PLIF neuron starts from rest and fires above its threshold: an initial membrane and firing at it are for LIF and IF",
        "--neuron", "plif", "--fires-at-threshold")]
    [TestCase("--neuron: 'alif' is not one of lif, if, plif", "--neuron", "alif")]
    public void WhatDoesNotGoTogetherIsRefused(string message, params string[] neuron)
    {
        var outcome = CommandLine.Run(["train", .. Tiny, "--device", device, "--output-dir", folder.File("refused"), .. neuron]);

        Assert.That((outcome.Code, outcome.Errors.Trim()), Is.EqualTo((2, $"error: {message}")));
        Assert.That(Directory.Exists(folder.File("refused")), Is.False);
    }

    private string Last(string run) => folder.File($"{run}/checkpoints/last.safetensors");

    private void Train(string run, int epochs, params string[] neuron) => Succeeds([
        "train", .. Tiny, "--limit-train", "32", "--limit-test", "16", "--epochs", $"{epochs}", "--device", device,
        "--output-dir", folder.File(run), .. neuron]);

    private static Outcome Succeeds(params string[] arguments)
    {
        var outcome = CommandLine.Run(arguments);
        Assert.That((outcome.Code, outcome.Errors), Is.EqualTo((0, "")));
        return outcome;
    }
}
