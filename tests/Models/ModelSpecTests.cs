using Idsnn.Engine;
using Idsnn.Models;

namespace Idsnn.Tests.Models;

public class ModelSpecTests
{
    private static readonly ModelSpec Good = new(ModelKind.Spiking, 18, 8, 10, Timesteps: 4, Neuron: new Neuron());

    [Test]
    public void EveryNameIsItsSpecs([Values] ModelKind kind, [Values(18, 19, 20, 32, 34, 44, 50, 56, 101, 152)] int depth)
    {
        string name = (Good with { Kind = kind, Depth = depth }).Name;

        Assert.That(ModelName.Parse(name), Is.EqualTo(new ModelName(Family.ResNet, kind, depth)));
        Assert.That(ModelName.Parse(name.ToUpperInvariant()), Is.EqualTo(new ModelName(Family.ResNet, kind, depth)));
    }

    [TestCase("resnet18", ModelKind.Ann)]
    [TestCase("spiking-resnet18", ModelKind.Spiking)]
    [TestCase("sew-resnet18", ModelKind.Sew)]
    [TestCase("ms-resnet18", ModelKind.Ms)]
    public void NamesAreThePublishedOnes(string name, ModelKind kind) => Assert.That(ModelName.Parse(name).Kind, Is.EqualTo(kind));

    [Test]
    public void OtherNamesAreRefusedWithTheListOfNames(
        [Values(
            "", "resnet", "resnet21", "resnet-18", "vgg18", "sew-vgg16", "ms-vgg11", "vgg", "spiking", "spiking-resnet",
            "spikingresnet18", "resnet999999")]
        string name) =>
        Failure.Says(
            $"unknown model '{name}'; use [spiking-|sew-|ms-]resnet{{18|19|20|32|34|44|50|56|101|152}} or [spiking-]vgg{{11|13|16|19}}, "
                + "such as resnet34 or spiking-resnet18",
            () => ModelName.Parse(name));

    [Test]
    public void GoodSpecsAreAccepted()
    {
        Assert.That(Good.Validate, Throws.Nothing);
        Assert.That((Good with { Encoder = Encoder.Poisson, StemPadding = 3, Width = 5, Timesteps = 1 }).Validate, Throws.Nothing);
        Assert.That(new ModelSpec(ModelKind.Ann, 152, 64, 100).Validate, Throws.Nothing);
    }

    private static IEnumerable<TestCaseData> Bad()
    {
        var neuron = new Neuron();
        (ModelSpec Spec, string Message)[] cases =
        [
            (Good with { Depth = 21 }, "depth must be one of 18, 19, 20, 32, 34, 44, 50, 56, 101, 152, got 21"),
            (Good with { Family = Family.Vgg }, "depth must be one of 11, 13, 16, 19, got 18"),
            (Good with { Family = Family.Vgg, Depth = 16, Kind = ModelKind.Sew },
                "sew-vgg16 does not exist: SEW and MS are kinds of residual blocks, which a VGG has none of"),
            (Good with { Family = Family.Vgg, Depth = 16, StemPadding = 3 },
                "spiking-vgg16 has no stem: leave the stem's padding at 1, got 3"),
            (Good with { Pooling = Pooling.Average }, "spiking-resnet18 has no poolings between its stages: leave the pooling at Max"),
            (Good with { Width = 0 }, "width must be from 1 to 1024, got 0"),
            (Good with { Width = -3 }, "width must be from 1 to 1024, got -3"),
            (Good with { Width = 100_000 }, "width must be from 1 to 1024, got 100000"),
            (Good with { Classes = 1 }, "a classifier needs at least 2 classes, got 1"),
            (Good with { StemPadding = -1 }, "the stem's padding must be from 0 to 16, got -1"),
            (Good with { Timesteps = 0 }, "the number of time-steps must be from 1 to 1024, got 0"),
            (Good with { Neuron = null }, "spiking-resnet18 needs a neuron"),
            (Good with { Kind = (ModelKind)9 }, "there is no kind of network 9 with encoder 0"),
            (Good with { Neuron = neuron with { Decay = 1.5f } }, "the neuron's decay must lie in [0, 1], got 1.5"),
            (Good with { Neuron = neuron with { Decay = float.NaN } }, "the neuron's decay must lie in [0, 1], got NaN"),
            (Good with { Neuron = neuron with { Width = 0f } }, "the surrogate's width must be above 0, got 0"),
            (Good with { Neuron = neuron with { Threshold = float.PositiveInfinity } },
                "the neuron's threshold must be above 0, got Infinity"),
            (Good with { Neuron = neuron with { Kind = NeuronKind.If } }, "an IF neuron leaks nothing: its decay must be 1, got 0.25"),
            (Good with { Neuron = neuron with { Kind = NeuronKind.Plif, Decay = 1f } },
                "the decay of a PLIF neuron must start between 0 and 1, both excluded, got 1"),
            (Good with { Neuron = neuron with { Kind = NeuronKind.Plif, InitialMembrane = 0.1f } },
                "a PLIF neuron starts from rest and fires above its threshold: an initial membrane and firing at it are for LIF and IF"),
            (Good with { Neuron = neuron with { Kind = NeuronKind.Plif, FiresAtThreshold = true } },
                "a PLIF neuron starts from rest and fires above its threshold: an initial membrane and firing at it are for LIF and IF"),
            (Good with { Neuron = neuron with { InitialMembrane = float.NaN } }, "the neuron's initial membrane must be finite, got NaN"),
            (Good with { Neuron = neuron with { Kind = (NeuronKind)9 } }, "there is no neuron of kind 9"),
            (Good with { Neuron = neuron with { Reset = (Reset)7 } }, "there is no neuron with surrogate 0 and reset 7"),
            (Good with { Kind = ModelKind.Ann }, "resnet18 has no time: its number of time-steps is 1, got 4"),
            (Good with { Kind = ModelKind.Ann, Timesteps = 1 }, "resnet18 has no neuron"),
            (Good with { Kind = ModelKind.Ann, Timesteps = 1, Neuron = null, Encoder = Encoder.Poisson },
                "resnet18 takes images as they are: its encoder is Direct"),
        ];
        return cases.Select(c => new TestCaseData(c.Spec, c.Message).SetArgDisplayNames(c.Message));
    }

    [TestCaseSource(nameof(Bad))]
    public void BadSpecsSayWhatIsWrong(ModelSpec spec, string message) => Failure.Says(message, spec.Validate);
}
