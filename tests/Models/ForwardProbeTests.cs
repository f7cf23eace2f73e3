using Idsnn.Engine;
using Idsnn.Models;
using Idsnn.Training;

namespace Idsnn.Tests.Models;

public class ForwardProbeTests(string name) : DeviceTests(name)
{
    private const int Size = 9, Images = 2;

    /// <summary>Each spike as a one, convolved with ones: what comes out are its synaptic operations.</summary>
    [Test]
    public void ReachIsHowManyWeightsAPixelMeets([Values(1, 3)] int kernel, [Values(1, 2)] int stride, [Values(0, 1, 3)] int padding)
    {
        var spec = new ConvBnSpec("c", "b", 2, 3, kernel, stride, padding, default);
        float[] x = [.. new Draw(1).Fill([1, Size, Size + 1, 2]).Select(v => v > 0.3f ? 1f : 0f)];
        double expected = Ops.Conv2D(
            From([1, Size, Size + 1, 2], x), Tensor.Full(Device, [kernel, kernel, 2, 3], 1f), null, stride, padding)
            .ToArray().Sum(v => (double)v);
        int[] rows = spec.Reach(Size), columns = spec.Reach(Size + 1);
        double operations = x.Select((v, i) => (double)v * rows[i / 2 / (Size + 1)] * columns[i / 2 % (Size + 1)] * 3).Sum();

        Assert.That(operations, Is.EqualTo(expected));
        Assert.That(spec.InnerMacs(Size, Size + 1), Is.EqualTo(
            Ops.Conv2D(
                Tensor.Full(Device, [1, Size, Size + 1, 2], 1f), Tensor.Full(Device, [kernel, kernel, 2, 3], 1f), null, stride, padding)
                .ToArray().Sum(v => (double)v)));
    }

    /// <summary>Where every neuron always fires, every convolution of spikes does all its arithmetic at every time-step.</summary>
    [Test]
    public void ANetworkThatAlwaysFiresAccumulatesEverything(
        [Values] ModelKind kind, [Values(Encoder.Direct, Encoder.Poisson)] Encoder encoder)
    {
        if (kind == ModelKind.Ann && encoder == Encoder.Poisson) return;
        var spec = Nets.Spec(kind) with { Encoder = encoder };
        using var net = Network.Create(Device, spec, seed: 1, normalization: new Normalization([0f, 0f, 0f], [1f, 1f, 1f]));
        foreach (var tensor in net.Parameters.Where(parameter => parameter.Shape.Rank == 4)) tensor.CopyFrom(new float[tensor.Shape.Size]);
        foreach (var entry in net.State().Where(entry => entry.Name.EndsWith(".bias", StringComparison.Ordinal)))
        {
            entry.Tensor!.CopyFrom([.. Enumerable.Repeat(1f, entry.Tensor.Shape.Size)]);
        }

        using var probe = new ForwardProbe(spec, countsInputs: true);
        var images = Tensor.Full(Device, [Images, Size, Size, 3], 2f);
        float[] logits = net.Forward(images, Pass.Evaluation with { Probe = probe }).ToArray();
        var (macs, accumulates) = probe.Arithmetic();

        Assert.That(logits, Is.EqualTo(net.Forward(images, Pass.Evaluation).ToArray()), "looking changes nothing");
        Assert.That(probe.Images, Is.EqualTo(Images));
        var layers = ModelSummary.Of(spec, Size).Layers.ToDictionary(layer => layer.Name, layer => Images * layer.InnerMacs);
        layers.Remove("fc");
        double stem = layers["conv1"], all = layers.Values.Sum(),
            shortcuts = layers.Where(l => l.Key.Contains("downsample", StringComparison.Ordinal)).Sum(l => l.Value);
        double t = spec.Timesteps;
        Assert.That((macs, accumulates), Is.EqualTo(kind switch
        {
            ModelKind.Ann => (all, 0.0),
            ModelKind.Spiking when encoder == Encoder.Direct => (stem, t * (all - stem)),
            ModelKind.Spiking => (0.0, t * all),
            ModelKind.Ms when encoder == Encoder.Direct => (stem + (t * shortcuts), t * (all - stem - shortcuts)),
            ModelKind.Ms => (t * shortcuts, t * (all - shortcuts)),

            // SEW adds spikes: stages get 1, 2, 3 of them a pixel, then 2 behind each shortcut.
            _ => (encoder == Encoder.Direct ? stem : 0, t * ((encoder == Encoder.Direct ? 0 : stem) + Sew(layers))),
        }));
    }

    /// <summary>A mean of spikes is a number, the largest of them a spike.</summary>
    [Test]
    public void AVggsConvolutionsAreGivenWhatItsPoolingsLeave([Values] Pooling pooling)
    {
        const int size = 32;
        var spec = Nets.Vgg(ModelKind.Spiking, pooling: pooling);
        using var net = Network.Create(Device, spec, seed: 1);
        foreach (var tensor in net.Parameters.Where(parameter => parameter.Shape.Rank == 4)) tensor.CopyFrom(new float[tensor.Shape.Size]);
        foreach (var entry in net.State().Where(entry => entry.Name.EndsWith(".bias", StringComparison.Ordinal)))
        {
            entry.Tensor!.CopyFrom([.. Enumerable.Repeat(1f, entry.Tensor.Shape.Size)]);
        }

        using var probe = new ForwardProbe(spec, countsInputs: true);
        net.Forward(Tensor.Full(Device, [Images, size, size, 3], 2f), Pass.Evaluation with { Probe = probe });
        var layers = ModelSummary.Of(spec, size).Layers.ToDictionary(layer => layer.Name, layer => Images * (double)layer.InnerMacs);
        layers.Remove("classifier");
        double first = layers["features.0"], all = layers.Values.Sum(), t = spec.Timesteps;
        string[] behind = pooling == Pooling.Max ? [] : ["features.4", "features.8", "features.15", "features.22"];
        double pooled = behind.Sum(name => layers[name]);

        Assert.That(probe.Arithmetic(), Is.EqualTo((first + (t * pooled), t * (all - first - pooled))));
    }

    [TestCase(ModelKind.Spiking, "bn1,layer1.0.bn1,layer1.0.bn2", 17)]
    [TestCase(ModelKind.Sew, "bn1,layer1.0.bn1,layer1.0.bn2", 20)]
    [TestCase(ModelKind.Ms, "layer1.0.conv1,layer1.0.conv2,layer1.1.conv1", 17)]
    [TestCase(ModelKind.Ann, "", 0)]
    public void SpikingLayersAreCalledAfterWhatFeedsThem(ModelKind kind, string first, int count)
    {
        var spec = Nets.Spec(kind);
        using var net = Network.Create(Device, spec, seed: 1);
        using var probe = new ForwardProbe(spec, countsInputs: false);
        for (int i = 0; i < 2; i++)
        {
            net.Forward(From([Images, Size, Size, 3], Nets.Noise(i, Images, Size)), Pass.Training with { Probe = probe });
        }

        Assert.That(probe.Layers, Has.Count.EqualTo(count));
        Assert.That(string.Join(',', probe.Layers.Take(3).Select(layer => layer.Name)), Is.EqualTo(first));
        Assert.That(probe.Layers.Select(layer => layer.Activity.Images), Has.All.EqualTo(2 * Images));
        Assert.That(probe.Arithmetic(), Is.EqualTo((0.0, 0.0)));
    }

    /// <summary>No two layers of neurons of a network go by one name, whatever its family.</summary>
    [Test]
    public void EveryLayerOfNeuronsHasANameOfItsOwn([ValueSource(typeof(Nets), nameof(Nets.OfEveryLayout))] ModelSpec spec)
    {
        using var net = Network.Create(Device, spec, seed: 1);
        using var probe = new ForwardProbe(spec, countsInputs: true);
        net.Forward(From([Images, 32, 32, 3], Nets.Noise(1, Images, 32)), Pass.Training with { Probe = probe });

        Assert.That(probe.Layers.Select(layer => layer.Activity.Images), Has.All.EqualTo(Images), "each counted once");
        Assert.That(NetworkActivity.Of(probe).Layers.Select(layer => layer.Name), Is.Unique);
    }

    private static double Sew(Dictionary<string, long> layers)
    {
        double sum = 0;
        double incoming = 1;
        for (int stage = 1; stage <= 4; stage++)
        {
            for (int block = 0; block < 2; block++)
            {
                string name = $"layer{stage}.{block}";
                bool hasShortcut = layers.TryGetValue($"{name}.downsample.0", out long shortcut);
                sum += (incoming * (layers[$"{name}.conv1"] + shortcut)) + layers[$"{name}.conv2"];
                incoming = hasShortcut ? 2 : incoming + 1;
            }
        }

        return sum;
    }
}
