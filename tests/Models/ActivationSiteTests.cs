using Idsnn.Engine;
using Idsnn.Models;
using Idsnn.Tests.Training;
using Idsnn.Training;

namespace Idsnn.Tests.Models;

/// <summary>Places where networks fire: their names, what they train, and that each has its own.</summary>
public class ActivationSiteTests(string name) : DeviceTests(name)
{
    private static readonly Neuron Plif = new(Kind: NeuronKind.Plif);

    private static readonly (ModelSpec Spec, int Sites)[] Networks =
    [
        (Nets.Spec(ModelKind.Spiking), 17), (Nets.Spec(ModelKind.Sew), 20), (Nets.Spec(ModelKind.Ms), 17),
        (Nets.Spec(ModelKind.Spiking, 50), 49), (Nets.Spec(ModelKind.Spiking, 19), 18),
        (Nets.Spec(ModelKind.Spiking, 11) with { Family = Family.Vgg }, 8),
    ];

    private static IEnumerable<TestCaseData> Cases() =>
        Networks.Select(net => new TestCaseData(net.Spec, net.Sites).SetArgDisplayNames(net.Spec.Name));

    [TestCaseSource(nameof(Cases))]
    public void EachTrainsADecayOfItsOwnAndOthersTrainNone(ModelSpec spec, int sites)
    {
        using var lif = Network.Create(Device, spec, seed: 1);
        using var plif = Network.Create(Device, spec with { Neuron = Plif }, seed: 1);
        string[] known = [.. lif.State().Select(entry => entry.Name)];
        StateEntry[] added = [.. plif.State().ExceptBy(known, entry => entry.Name)];

        Assert.That(added, Has.Length.EqualTo(sites));
        Assert.That(plif.State().Select(entry => entry.Name).Except(added.Select(entry => entry.Name)), Is.EqualTo(known), "else the same");
        Assert.That(added.Select(entry => (entry.IsParameter, entry.Shape.ToString())), Has.All.EqualTo((true, "[1]")));
        Assert.That(added.Select(entry => 1 / (1 + Math.Exp(-entry.Save().Floats![0]))), Has.All.EqualTo(0.25).Within(1e-6));
        Assert.That(
            StateLayout.Of(plif.Spec),
            Is.EqualTo(plif.State().Select(entry => (entry.Name, entry.Counter is null ? entry.Shape : (Shape?)null))));
        Assert.That(ModelSummary.Of(plif.Spec, 32).Parameters, Is.EqualTo(plif.Parameters.Sum(parameter => (long)parameter.Shape.Size)));
        using var uncharged = Network.Create(Device, spec with { Neuron = new Neuron(1f, Kind: NeuronKind.If) }, seed: 1);
        Assert.That(uncharged.State().Select(entry => entry.Name), Is.EqualTo(known));
    }

    [Test]
    public void TheirNamesAreThoseOfTheOrdinaryNetworks()
    {
        foreach (var (spec, _) in Networks.Where(net => net.Spec.Kind == ModelKind.Spiking))
        {
            var ordinary = spec with { Kind = ModelKind.Ann, Timesteps = 1, Neuron = null };
            Assert.That(
                NetworkLayout.Of(spec).Convolutions.Select(layer => layer.Site),
                Is.EqualTo(NetworkLayout.Of(ordinary).Convolutions.Select(layer => layer.Site)),
                spec.Name);
        }
    }

    [TestCase(ModelKind.Spiking, 18, "act1.w,layer1.0.act1.w,layer1.0.act2.w", "layer4.1.act2.w")]
    [TestCase(ModelKind.Sew, 18, "act1.w,layer1.0.act1.w,layer1.0.act2.w", "layer4.1.act2.w")]
    [TestCase(ModelKind.Ms, 18, "layer1.0.act1.w,layer1.0.act2.w,layer1.1.act1.w", "act.w")]
    [TestCase(ModelKind.Spiking, 19, "act1.w,layer1.0.act1.w,layer1.0.act2.w", "fc1_act.w")]
    public void TheyAreNamedLikeTheBatchNormBeforeThem(ModelKind kind, int depth, string first, string last)
    {
        string[] names =
        [
            .. StateLayout.Of(Nets.Spec(kind, depth) with { Neuron = Plif }).Select(entry => entry.Name)
                .Where(entry => entry.EndsWith(".w", StringComparison.Ordinal)),
        ];
        Assert.That(string.Join(',', names.Take(3)), Is.EqualTo(first));
        Assert.That(names[^1], Is.EqualTo(last));
        Assert.That(names.Contains("layer2.0.downsample.2.w"), Is.EqualTo(kind == ModelKind.Sew));
    }

    [Test]
    public void TrainingMovesEachDecayByItself()
    {
        using var net = Network.Create(Device, Tiny.Spiking with { Neuron = Plif }, seed: 1);
        Trainer.Train(net, null, Tiny.Dataset, Tiny.Options(1));
        float[] weights = [.. Weights(net)];

        Assert.That(weights, Is.Unique);
        Assert.That(weights, Has.None.EqualTo(MathF.Log(0.25f / 0.75f)));
        Assert.That(weights, Has.All.InRange(-2f, 0.5f));
    }

    [Test]
    public void AnAverageOfWeightsTakesTheDecaysAlong()
    {
        using var net = Network.Create(Device, Tiny.Spiking with { Neuron = Plif }, seed: 1);
        using var average = new WeightAverage(net, 0.5f);
        var weight = net.State().Single(entry => entry.Name == "act1.w").Tensor!;
        float start = weight.Item();
        weight.CopyFrom([start + 1f]);
        average.Update();

        // The first update keeps a tenth of the start.
        using (average.Apply()) Assert.That(weight.Item(), Is.EqualTo(start + 0.9f).Within(1e-6));
        Assert.That(weight.Item(), Is.EqualTo(start + 1f));
    }

    [Test]
    public void AtTheStartAPlifNetworkComputesWhatItsLifTwinDoes([Values] bool training)
    {
        using var lif = Network.Create(Device, Tiny.Spiking, seed: 1, Tiny.Lively);
        var neuron = new Neuron(0.5f, Kind: NeuronKind.Plif);
        using var plif = Network.Create(Device, Tiny.Spiking with { Neuron = neuron }, seed: 1, Tiny.Lively);
        using var half = Network.Create(Device, Tiny.Spiking with { Neuron = new Neuron(0.5f) }, seed: 1, Tiny.Lively);
        var images = From([2, 12, 12, 3], Nets.Noise(1, 2, 12));
        float[] Logits(INetwork net) => net.Forward(images, training ? Pass.Training : Pass.Evaluation).ToArray();

        float[] logits = Logits(half);
        Assert.That(Logits(plif), Is.EqualTo(logits), "σ(0) is exactly a half");
        Assert.That(Logits(lif), Is.Not.EqualTo(logits));
    }

    [Test]
    public void AnInitialMembraneReachesEveryKindOfNetwork([Values(ModelKind.Spiking, ModelKind.Sew, ModelKind.Ms)] ModelKind kind)
    {
        var neuron = new Neuron(1f, Kind: NeuronKind.If, Reset: Reset.Soft, InitialMembrane: 0.5f, FiresAtThreshold: true);
        using var charged = Network.Create(Device, Nets.Spec(kind) with { Neuron = neuron }, seed: 1);
        foreach (var weight in charged.Parameters.Where(parameter => parameter.Shape.Rank == 4))
        {
            weight.CopyFrom(new float[weight.Shape.Size]);
        }

        using var probe = new ForwardProbe(charged.Spec, countsInputs: false);
        charged.Forward(Tensor.Full(Device, [2, 9, 9, 3], 1f), new Pass { Probe = probe });

        // Without any input current the membrane u₀, which is the threshold, fires once.
        Assert.That(probe.Layers, Is.Not.Empty);
        foreach (var (layer, activity) in probe.Layers.Take(2))
        {
            int places = activity.Places.Size;
            Assert.That(activity.ReadSpikes(), Is.EqualTo(Enumerable.Repeat(2f, places).Concat(Enumerable.Repeat(0f, places))), layer);
        }
    }

    [Test]
    public void InitialisationFromAnOrdinaryNetworkLeavesTheDecaysAtTheirStart()
    {
        using var teacher = Network.Create(Device, Nets.Spec(ModelKind.Ann, 34), seed: 1);
        using var student = Network.Create(Device, Nets.Spec(ModelKind.Spiking) with { Neuron = Plif }, seed: 2);
        float[] before = [.. Weights(student)];
        var report = AnnInitializer.Initialize(student, teacher, BlockMapping.Prefix, ShortcutInit.Random);

        Assert.That(Weights(student), Is.EqualTo(before));
        Assert.That(
            report.Transfers.Where(transfer => transfer.Target.EndsWith(".w", StringComparison.Ordinal)).Select(transfer => transfer.Kind),
            Has.Exactly(17).EqualTo(TransferKind.Random));
    }

    private static IEnumerable<float> Weights(INetwork net) => net.State()
        .Where(entry => entry.Name.EndsWith(".w", StringComparison.Ordinal)).Select(entry => entry.Save().Floats![0]);
}
