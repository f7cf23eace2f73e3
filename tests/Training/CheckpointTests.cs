using Idsnn.Engine;
using Idsnn.Models;
using Idsnn.Training;

namespace Idsnn.Tests.Training;

public class CheckpointTests(string name) : DeviceTests(name)
{
    private static readonly ModelSpec Spec = Tiny.Spiking with
    {
        Kind = ModelKind.Sew,
        Width = 2,
        StemPadding = 3,
        Encoder = Encoder.Poisson,
        Neuron = new Neuron(0.3f, 0.7f, 0.4f, Surrogate.Arctan, Reset.Soft, DetachReset: false),
    };

    private static CheckpointInfo Info => new(Spec, "synthetic", Tiny.Dataset.ClassNames, Tiny.Normalization, 3, 0.4375);

    private TemporaryFolder folder = null!;

    private string PathName => folder.File("net.safetensors");

    [SetUp]
    public void MakeFolder() => folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => folder.Dispose();

    [Test]
    public void WhatWasSavedIsBuiltAgainAndEvaluatesIdentically()
    {
        using var net = Net();
        using (Device.Scope()) net.Forward(From([2, 12, 12, 3], new Draw(1).Fill([2, 12, 12, 3])), training: true);
        Checkpoint.Save(PathName, net, Info);
        var checkpoint = Checkpoint.Load(PathName);
        using var again = checkpoint.Build(Device);

        Assert.That(checkpoint.Info.Model, Is.EqualTo(Spec));
        Assert.That(checkpoint.Info.Normalization.Mean, Is.EqualTo(Tiny.Dataset.Mean));
        Assert.That(checkpoint.Info.Normalization.Std, Is.EqualTo(Tiny.Dataset.Std));
        Assert.That(checkpoint.Info.ClassNames, Is.EqualTo(Tiny.Dataset.ClassNames));
        Assert.That(
            (checkpoint.Info.Dataset, checkpoint.Info.Epoch, checkpoint.Info.Accuracy), Is.EqualTo(("synthetic", 3, 0.4375)));
        var images = From([2, 12, 12, 3], new Draw(2).Fill([2, 12, 12, 3]));
        float[] logits = net.Forward(images, training: false).ToArray();
        Assert.That(logits.Distinct().Count(), Is.GreaterThan(10), "images differ");
        float[] repeated = again.Forward(images, training: false).ToArray();
        Assert.That(repeated, Is.EqualTo(logits));
        Assert.That(Evaluator.Evaluate(again, Tiny.Dataset, 10), Is.EqualTo(Evaluator.Evaluate(net, Tiny.Dataset, 10)));
        Checkpoint.Save(folder.File("again"), again, Info);
        Assert.That(File.ReadAllBytes(folder.File("again")), Is.EqualTo(File.ReadAllBytes(PathName)));
    }

    [Test]
    public void AnotherNumberOfTimestepsCanBeAskedFor()
    {
        using var net = Net();
        Checkpoint.Save(PathName, net, Info);
        var checkpoint = Checkpoint.Load(PathName);
        using var longer = checkpoint.Build(Device, timesteps: 5);

        Assert.That(longer.Spec, Is.EqualTo(Spec with { Timesteps = 5 }));
        Assert.That(() => checkpoint.Build(Device, timesteps: 0), Throws.ArgumentException.With.Message.Contains("time-steps"));
    }

    [Test]
    public void AFileThatIsNotThereIsNamed() => Assert.That(
        () => Checkpoint.Load(folder.File("none")),
        Throws.InstanceOf<FileNotFoundException>().With.Message.EqualTo($"checkpoint '{folder.File("none")}' is not there"));

    [Test]
    public void StateThatDoesNotFitTheDescriptionIsRefusedWithoutALeak()
    {
        using var net = Net();
        Checkpoint.Save(PathName, net, Info with { Model = Spec with { Width = 3 } });
        long before = Device.Memory.InUseBytes;

        Assert.That(
            () => Checkpoint.Load(PathName).Build(Device),
            Throws.InstanceOf<InvalidDataException>().With.Message.EqualTo(
                "sew-resnet18 of width 3 needs 'conv1.weight' as float32 [3, 3, 3, 3], the state has float32 [2, 3, 3, 3]"));
        Assert.That(Device.Memory.InUseBytes, Is.EqualTo(before));
    }

    private static IEnumerable<TestCaseData> Descriptions()
    {
        (CheckpointInfo Info, string Message)[] cases =
        [
            (Info with { Model = Spec with { Width = 0 } }, "width must be from 1 to 1024, got 0"),
            (Info with { Model = Spec with { Depth = 19 } }, "depth must be one of"),
            (Info with { Model = Spec with { Kind = (ModelKind)17 } }, "there is no kind of network 17"),
            (Info with { Model = Spec with { Neuron = null } }, "sew-resnet18 needs a neuron"),
            (Info with { Model = null! }, "are missing"),
            (Info with { ClassNames = null! }, "are missing"),
            (Info with { ClassNames = ["a", "b"] }, "it names 2 classes and has 10 outputs"),
            (Info with { Normalization = null! }, "are missing"),
            (Info with { Normalization = new([0f], [1f, 1f, 1f]) }, "its normalisation is not 3 means"),
            (Info with { Normalization = new([0f, 0f, 0f], [1f, 0f, 1f]) }, "its normalisation is not 3 means"),
        ];
        return cases.Select((c, i) => new TestCaseData(c.Info, c.Message).SetArgDisplayNames($"{i}: {c.Message}"));
    }

    [TestCaseSource(nameof(Descriptions))]
    public void DescriptionsThatMakeNoSenseAreRefused(CheckpointInfo info, string message)
    {
        using var net = Net();
        Checkpoint.Save(PathName, net, info);
        Refused(message);
    }

    [TestCase("null", "the description is empty")]
    [TestCase("{}", "are missing")]
    [TestCase("[]", "could not be converted")]
    [TestCase("{\"model\":", "describes no network that can be built")]
    [TestCase("{\"model\":{\"kind\":\"lstm\"}}", "describes no network that can be built")]
    public void DescriptionsThatAreNoneAreRefused(string json, string message)
    {
        using var net = Net();
        Checkpoint.Save(PathName, net, Info);
        var file = SafetensorsFile.Load(PathName);
        file.Metadata["idsnn"] = json;
        file.Save(PathName);
        Refused(message);
    }

    [Test]
    public void ATraceIsNoCheckpoint() => Assert.That(
        () => Checkpoint.Load(Fixtures.PathOf("spiking18-batch1")),
        Throws.InstanceOf<InvalidDataException>().With.Message.EndsWith(
            "holds tensors but no description of a network (metadata 'idsnn')"));

    private void Refused(string message) => Assert.That(
        () => Checkpoint.Load(PathName),
        Throws.InstanceOf<InvalidDataException>().With.Message.Contains(message).And.Message.StartsWith(PathName)
            .And.Message.Not.Contains("\n"));

    private ResNet Net() => new(Device, Spec, seed: 1, Tiny.Lively, Tiny.Normalization);
}
