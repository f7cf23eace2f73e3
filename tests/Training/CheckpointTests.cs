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
        using (Device.Scope()) net.Forward(From([2, 12, 12, 3], new Draw(1).Fill([2, 12, 12, 3])), Pass.Training);
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
        float[] logits = net.Forward(images, Pass.Evaluation).ToArray();
        Assert.That(logits.Distinct().Count(), Is.GreaterThan(10), "images differ");
        float[] repeated = again.Forward(images, Pass.Evaluation).ToArray();
        Assert.That(repeated, Is.EqualTo(logits));
        Assert.That(Evaluator.Evaluate(again, Tiny.Dataset, 10), Is.EqualTo(Evaluator.Evaluate(net, Tiny.Dataset, 10)));
        Checkpoint.Save(folder.File("again"), again, Info);
        Assert.That(File.ReadAllBytes(folder.File("again")), Is.EqualTo(File.ReadAllBytes(PathName)));
    }

    private static IEnumerable<Neuron> Neurons() =>
    [
        new(0.5f, Kind: NeuronKind.Plif),
        new(1f, 0.7f, Reset: Reset.Soft, Kind: NeuronKind.If, InitialMembrane: -0.35f, FiresAtThreshold: true),
    ];

    [TestCaseSource(nameof(Neurons))]
    public void EveryNeuronIsBuiltAgain(Neuron neuron)
    {
        var spec = Tiny.Spiking with { Neuron = neuron };
        using var net = Network.Create(Device, spec, seed: 1, Tiny.Lively);
        var decay = net.State().FirstOrDefault(entry => entry.Name == "layer1.0.act1.w");
        decay?.Tensor!.CopyFrom([0.7f]);
        Checkpoint.Save(PathName, net, Info with { Model = spec });
        var checkpoint = Checkpoint.Load(PathName);
        using var again = checkpoint.Build(Device);

        Assert.That(checkpoint.Info.Model.Neuron, Is.EqualTo(neuron));
        var images = From([2, 12, 12, 3], new Draw(2).Fill([2, 12, 12, 3]));
        Assert.That(again.Forward(images, Pass.Evaluation).ToArray(), Is.EqualTo(net.Forward(images, Pass.Evaluation).ToArray()));
        if (decay is not null) Assert.That(again.Save()["layer1.0.act1.w"].Floats, Is.EqualTo(new[] { 0.7f }));
    }

    /// <summary>
    /// Checkpoints from before there was more than one kind of neuron say nothing of it; those of LIF networks still do not.
    /// </summary>
    [Test]
    public void ALifNeuronIsDescribedAsItAlwaysWas()
    {
        using var net = Network.Create(Device, Tiny.Spiking, seed: 1);
        string text = Checkpoint.Pack(net, Info with { Model = Tiny.Spiking }).Metadata["idsnn"];

        Assert.That(
            text,
            Does.Contain("""
                "neuron":{"decay":0.25,"threshold":0.5,"width":0.5,"surrogate":"Rectangle","reset":"Hard","detach_reset":true}
                """.Trim()));
    }

    [Test]
    public void ADecayThatIsMissingIsNamed()
    {
        using var net = Network.Create(Device, Tiny.Spiking, seed: 1);
        Checkpoint.Save(PathName, net, Info with { Model = Tiny.Spiking with { Neuron = new Neuron(Kind: NeuronKind.Plif) } });

        Assert.That(
            () => Checkpoint.Load(PathName),
            Throws.InstanceOf<InvalidDataException>().With.Message.EqualTo(
                $"{PathName}: spiking-resnet18 of width 3 needs 'act1.w', which the state lacks"));
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
    public void StateThatDoesNotFitTheDescriptionIsRefusedBeforeAnythingIsAllocated()
    {
        using var net = Net();
        Checkpoint.Save(PathName, net, Info with { Model = Spec with { Width = 3 } });
        long before = Device.Memory.InUseBytes;

        Assert.That(
            () => Checkpoint.Load(PathName),
            Throws.InstanceOf<InvalidDataException>().With.Message.EqualTo(
                $"{PathName}: sew-resnet18 of width 3 needs 'conv1.weight' as float32 [3, 3, 3, 3], the state has float32 [2, 3, 3, 3]"));
        Assert.That(Device.Memory.InUseBytes, Is.EqualTo(before));
    }

    private static IEnumerable<TestCaseData> Descriptions()
    {
        (CheckpointInfo Info, string Message)[] cases =
        [
            (Info with { Model = Spec with { Width = 0 } }, "width must be from 1 to 1024, got 0"),
            (Info with { Model = Spec with { Depth = 21 } }, "depth must be one of"),
            (Info with { Model = Spec with { Kind = (ModelKind)17 } }, "there is no kind of network 17"),
            (Info with { Model = Spec with { Neuron = null } }, "sew-resnet18 needs a neuron"),
            (Info with { Model = null! }, "'model' is missing"),
            (Info with { ClassNames = null! }, "'class_names' is missing"),
            (Info with { ClassNames = [.. Tiny.Dataset.ClassNames[..9], null!] }, "'class_names[9]' is missing"),
            (Info with { Epoch = -1 }, "'epoch' is -1, expected 0 or more"),
            (Info with { ImageSize = 0 }, "its images are of 0 pixels a side, expected 8 to 512"),
            (Info with { ImageSize = 40_000 }, "its images are of 40000 pixels a side, expected 8 to 512"),
            (Info with { ImageSize = -5 }, "'image_size' is -5, expected 0 or more"),
            (Info with { Model = Spec with { Classes = 100_001 } }, "a classifier has at most 100000 classes, got 100001"),
            (Info with { ClassNames = ["a", "b"] }, "it names 2 classes and has 10 outputs"),
            (Info with { Normalization = null! }, "'normalization' is missing"),
            (Info with { Normalization = new([0f], [1f, 1f, 1f]) }, "its normalisation is not 3 finite means"),
            (Info with { Normalization = new([0f, 0f, 0f], [1f, 0f, 1f]) }, "its normalisation is not 3 finite means"),
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
    [TestCase("{}", "'model' is missing")]
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

    [TestCase("conv1.weight", 5, float.NaN, "'conv1.weight' is NaN at [0, 0, 1, 2] of [2, 3, 3, 3], expected a finite number")]
    [TestCase("fc.bias", 9, float.PositiveInfinity, "'fc.bias' is Infinity at [9] of [10], expected a finite number")]
    [TestCase("layer4.1.bn2.running_mean", 0, float.NegativeInfinity, "'layer4.1.bn2.running_mean' is -Infinity at [0] of [16]")]
    [TestCase("bn1.running_var", 1, -0.5f, "'bn1.running_var' is -0.5 at [1] of [2], expected a finite number of at least 0")]
    public void NumbersThatAreNoneAreRefused(string tensor, int element, float value, string message)
    {
        using var net = Net();
        var file = Checkpoint.Pack(net, Info);
        file.Tensors[tensor].Floats![element] = value;
        file.Save(PathName);
        Refused(message);
    }

    [Test]
    public void AFileWhoseHeaderDescribesAGiantIsRefusedByItsShapes()
    {
        using var net = Net();
        Checkpoint.Save(PathName, net, Info with { Model = Spec with { Depth = 152, Width = 1024 } });
        long before = GC.GetAllocatedBytesForCurrentThread();
        Refused("sew-resnet152 of width 1024 needs 'conv1.weight' as float32 [1024, 3, 3, 3], the state has float32 [2, 3, 3, 3]");

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(8 << 20));
    }

    private void Refused(string message) => Assert.That(
        () => Checkpoint.Load(PathName),
        Throws.InstanceOf<InvalidDataException>().With.Message.Contains(message).And.Message.StartsWith(PathName)
            .And.Message.Not.Contains("\n"));

    private INetwork Net() => Network.Create(Device, Spec, seed: 1, Tiny.Lively, Tiny.Normalization);
}
