using Idsnn.Engine;
using Idsnn.Measure;
using Idsnn.Models;
using Idsnn.Tests.Training;

namespace Idsnn.Tests.Models;

/// <summary>The state dict, against those that PyTorch wrote into the fixtures.</summary>
public class ResNetStateTests
{
    private static Device Cpu => TestDevices.Get("cpu");

    [TestCaseSource(typeof(Fixtures), nameof(Fixtures.Names))]
    public void NamesShapesAndOrderArePyTorchs(string fixture)
    {
        var trace = SafetensorsFile.Load(Fixtures.PathOf(fixture));
        var options = TraceOptions.Of(trace);
        foreach (var (prefix, spec) in (IEnumerable<(string, ModelSpec?)>)[("init.", options.Student), ("teacher.", options.Teacher)])
        {
            if (spec is null) continue;
            using var net = Network.Create(Cpu, spec, seed: 1);
            string[] theirs = [.. Fixtures.NamesInOrder(fixture).Where(n => n.StartsWith(prefix, StringComparison.Ordinal))];

            Assert.That(net.State().Select(e => prefix + e.Name), Is.EqualTo(theirs), prefix);
            Assert.That(
                net.State().Select(e => e.Shape.ToString()),
                Is.EqualTo(theirs.Select(n => trace.Tensors[n].Shape.ToString())),
                prefix);
        }
    }

    [Test]
    public void WhatIsSavedLoads([Values] ModelKind kind)
    {
        using var source = Network.Create(Cpu, Nets.Spec(kind), seed: 1);
        using var target = Network.Create(Cpu, Nets.Spec(kind), seed: 2);
        using (Cpu.Scope()) source.Forward(Tensor.From(Cpu, [2, 9, 9, 3], Nets.Noise(1, 2, 9)), Pass.Training);
        target.Load(source.Save());

        var (a, b) = (source.Save(), target.Save());
        foreach (string name in a.Keys)
        {
            Assert.That(b[name].Floats, Is.EqualTo(a[name].Floats), name);
            Assert.That(b[name].Integers, Is.EqualTo(a[name].Integers), name);
        }

        Assert.That(b["bn1.num_batches_tracked"].Integers, Is.EqualTo(new[] { 1L }));
    }

    [Test]
    public void BatchCountersMayBeAbsentAsInOldCheckpoints()
    {
        using var net = Network.Create(Cpu, Nets.Spec(ModelKind.Ann), seed: 1);
        var state = net.Save().Where(t => t.Value.Floats is not null).ToDictionary();

        Assert.That(() => net.Load(state), Throws.Nothing);
    }

    private static IEnumerable<TestCaseData> Damages()
    {
        (string Name, StoredTensor? Tensor, string Message)[] cases =
        [
            ("layer4.1.bn2.bias", null, "resnet18 of width 2 needs 'layer4.1.bn2.bias', which the state lacks"),
            ("fc.weight", new([16, 10], new float[160]),
                "resnet18 of width 2 needs 'fc.weight' as float32 [10, 16], the state has float32 [16, 10]"),
            ("fc.bias", new([10], new long[10]), "resnet18 of width 2 needs 'fc.bias' as float32 [10], the state has int64 [10]"),
            ("fc.bias", new([10], [0, 1, 2, 3, float.NaN, 5, 6, 7, 8, 9]), "'fc.bias' is NaN at [4] of [10], expected a finite number"),
            ("bn1.running_var", new([2], [1, -1e-6f]), "'bn1.running_var' is -1E-06 at [1] of [2], expected a finite number of at least 0"),
            ("bn1.num_batches_tracked", new([0], Array.Empty<long>()),
                "resnet18 needs 'bn1.num_batches_tracked' as one int64, the state has int64 [0]"),
        ];
        return cases.Select(c => new TestCaseData(c.Name, c.Tensor, c.Message).SetArgDisplayNames(c.Message));
    }

    [TestCaseSource(nameof(Damages))]
    public void StateThatDoesNotFitIsRefusedAndChangesNothing(string name, StoredTensor? tensor, string message)
    {
        using var net = Network.Create(Cpu, Nets.Spec(ModelKind.Ann), seed: 1);
        using var other = Network.Create(Cpu, Nets.Spec(ModelKind.Ann), seed: 2);
        var state = other.Save();
        if (tensor is null) state.Remove(name);
        else state[name] = tensor;
        float[] before = net.Save()["conv1.weight"].Floats!;

        Assert.That(() => net.Load(state), Throws.InstanceOf<InvalidDataException>().With.Message.EqualTo(message));
        Assert.That(net.Save()["conv1.weight"].Floats, Is.EqualTo(before));
    }

    [Test]
    public void TheLayoutIsKnownWithoutANetwork([ValueSource(typeof(Nets), nameof(Nets.OfEveryLayout))] ModelSpec spec)
    {
        using var net = Network.Create(Cpu, spec, seed: 1);
        var expected = net.State().Select(entry => (entry.Name, entry.Counter is null ? entry.Shape : (Shape?)null));

        Assert.That(StateLayout.Of(spec), Is.EqualTo(expected));
    }

    [Test]
    public void WithoutASeedWeightsAreLeftToTheLoader()
    {
        using var source = Network.Create(Cpu, Nets.Spec(ModelKind.Spiking), seed: 5);
        using var target = Network.Create(Cpu, Nets.Spec(ModelKind.Spiking), seed: null);
        var state = source.Save();
        Assert.That(target.Save()["layer1.0.conv2.weight"].Floats, Has.All.Zero);

        target.Load(state);
        Assert.That(target.Save()["fc.bias"].Floats, Is.EqualTo(state["fc.bias"].Floats));
    }

    [Test]
    public void WeightsDependOnSeedAndNameAlone()
    {
        using var deep = Network.Create(Cpu, Nets.Spec(ModelKind.Ann, 34), seed: 5);
        using var same = Network.Create(Cpu, Nets.Spec(ModelKind.Sew), seed: 5);
        using var other = Network.Create(Cpu, Nets.Spec(ModelKind.Sew), seed: 6);
        float[] weight = same.Save()["layer1.0.conv2.weight"].Floats!;

        Assert.That(deep.Save()["layer1.0.conv2.weight"].Floats, Is.EqualTo(weight));
        Assert.That(other.Save()["layer1.0.conv2.weight"].Floats, Is.Not.EqualTo(weight));
        Assert.That(same.Save()["layer1.0.conv1.weight"].Floats, Is.Not.EqualTo(weight));
        Assert.That(weight, Has.All.InRange(-1 / Math.Sqrt(18), 1 / Math.Sqrt(18)));
    }

    [Test]
    public void GammaStartsWhereItIsTold()
    {
        using var net = Network.Create(Cpu, Nets.Spec(ModelKind.Spiking), seed: 1, gammaStart: 0.5f);

        Assert.That(net.Save()["layer3.0.bn2.weight"].Floats, Has.All.EqualTo(0.5f));
        Assert.That(net.Save()["layer3.0.bn2.bias"].Floats, Has.All.Zero);
    }
}
