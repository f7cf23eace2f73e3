using Idsnn.Engine;
using Idsnn.Models;

namespace Idsnn.Tests.Models;

public class ModelSummaryTests
{
    // The CIFAR ResNets of width 64 with 10 classes: kuangliu/pytorch-cifar's parameters; MACs with shortcuts, without batch-norm.
    [TestCase(18, 11_173_962, 0.5554)]
    [TestCase(34, 21_282_122, 1.1594)]
    [TestCase(50, 23_520_842, 1.2978)]
    public void WidthSixtyFourIsThePublishedNetwork(int depth, long parameters, double gigaMacs)
    {
        var summary = ModelSummary.Of(new ModelSpec(ModelKind.Ann, depth, 64, 10), 32);

        Assert.That(summary.Parameters, Is.EqualTo(parameters));
        Assert.That(summary.Macs / 1e9, Is.EqualTo(gigaMacs).Within(0.00005));
    }

    // As published, but for the biases that convolutions before a batch-norm do not need: kuangliu's VGG16 has 4,224 of them more.
    // ResNet-20 with convolved shortcuts is chenyaofo's; ResNet-19 has a stem of 128 channels, and the 2,285 M operations that are quoted
    // of it.
    [TestCase(Family.Vgg, 16, 14_728_266 - 4_224, 0.3132)]
    [TestCase(Family.Vgg, 11, 9_231_114 - 2_752, 0.1528)]
    [TestCase(Family.ResNet, 20, 272_474, 0.0408)]
    [TestCase(Family.ResNet, 56, 855_770, 0.12575)]
    [TestCase(Family.ResNet, 19, 12_697_994, 2.2854)]
    public void ThePublishedWidthIsThePublishedNetwork(Family family, int depth, long parameters, double gigaMacs)
    {
        var spec = new ModelSpec(ModelKind.Ann, depth, ModelSpec.PublishedWidth(family, depth), 10, Family: family);
        var summary = ModelSummary.Of(spec, 32);

        Assert.That(summary.Parameters, Is.EqualTo(parameters));
        Assert.That(summary.Macs / 1e9, Is.EqualTo(gigaMacs).Within(0.00005));
    }

    [Test]
    public void ParametersAreTheBuiltNetworks([ValueSource(typeof(Nets), nameof(Nets.OfEveryLayout))] ModelSpec model)
    {
        var spec = model with { Width = 3 };
        using var net = Network.Create(TestDevices.Get("cpu"), spec, seed: 1);

        Assert.That(ModelSummary.Of(spec, 32).Parameters, Is.EqualTo(net.Parameters.Sum(p => (long)p.Shape.Size)));
    }

    [Test]
    public void MacsOfASmallNetworkByHand()
    {
        // ResNet-18 of width 1 at 8×8: stem 3·9, stages of 8, 4, 2 and 1 pixels a side, fc 8·2.
        long stem = 64 * 27, stage1 = 4 * 64 * 9, stage2 = 16 * ((2 + (3 * 4)) * 9 + 2), stage3 = 4 * ((8 + (3 * 16)) * 9 + 8),
            stage4 = 1 * ((32 + (3 * 64)) * 9 + 32);

        Assert.That(
            ModelSummary.Of(new ModelSpec(ModelKind.Ann, 18, 1, 2), 8).Macs, Is.EqualTo(stem + stage1 + stage2 + stage3 + stage4 + 16));
    }

    [Test]
    public void StemPaddingAndOddSizesShowInTheShapes()
    {
        var summary = ModelSummary.Of(new ModelSpec(ModelKind.Ann, 18, 5, 10, StemPadding: 3), 13);

        Assert.That(summary.Layers[0].Shape, Is.EqualTo("17×17×5"));
        Assert.That(summary.Layers.Single(l => l.Name == "layer2.0.conv1").Shape, Is.EqualTo("9×9×10"));
        Assert.That(summary.Layers.Single(l => l.Name == "layer4.1.conv2").Shape, Is.EqualTo("3×3×40"));
    }

    [Test]
    public void TheTableNamesEveryLayerAndEndsInTheTotals()
    {
        var summary = ModelSummary.Of(new ModelSpec(ModelKind.Spiking, 18, 64, 10, Timesteps: 4, Neuron: new Neuron()), 32);
        string[] lines = summary.ToString().Split(Environment.NewLine);

        Assert.That(lines[0], Is.EqualTo("spiking-resnet18, width 64, T = 4"));
        Assert.That(lines[2..^1].Select(line => line.Split(' ')[0]), Is.EqualTo(summary.Layers.Select(layer => layer.Name)));
        Assert.That(lines[^1], Does.StartWith("total").And.Contain("11,173,962").And.EndWith($"{summary.Macs:N0}"));
    }
}
