using Idsnn.Engine;
using Idsnn.Measure;

namespace Idsnn.Tests.Training;

/// <summary>A trace whose numbers are wrong does not pass; one that is no trace is refused in one line.</summary>
public class TraceDamageTests
{
    private const string Fixture = "spiking18-batch1";

    private static SafetensorsFile Load(string fixture = Fixture) => SafetensorsFile.Load(Fixtures.PathOf(fixture));

    private static ReplayResult Replay(SafetensorsFile trace) => TraceReplay.Run(TestDevices.Get("cpu"), trace);

    [TestCase("grad.layer2.0.conv1.weight", 1e-3)]
    [TestCase("final.layer4.1.bn2.running_var", 1e-3)]
    [TestCase("expected.logits.0", 1e-3)]
    [TestCase("expected.eval", 1e-3)]
    [TestCase("expected.loss", 1e-3)]
    [TestCase("init.layer1.0.conv1.weight", 1e-3)]
    public void AChangedTensorDoesNotPass(string name, double relative)
    {
        var trace = Load();
        float[] floats = trace.Floats(name).Floats!;
        for (int i = 0; i < floats.Length; i++) floats[i] *= (float)(1 + relative);

        Assert.That(Replay(trace).Passed, Is.False);
    }

    [TestCase("grad.layer2.0.conv1.weight")]
    [TestCase("final.conv1.weight")]
    [TestCase("expected.eval")]
    [TestCase("expected.loss")]
    [TestCase("input.0")]
    public void NotANumberDoesNotPass(string name)
    {
        var trace = Load();
        trace.Floats(name).Floats![0] = float.NaN;

        Assert.That(Replay(trace).Passed, Is.False);
    }

    [Test]
    public void OptionsThatDescribeAGiantAreRefusedBeforeAnythingIsAllocated()
    {
        var trace = Load();
        trace.Metadata["trace"] = """{"depth": 152, "width": 1024, "alpha": 0}""";
        long before = GC.GetAllocatedBytesForCurrentThread();
        Refused(trace, "spiking-resnet152 of width 1024 needs 'conv1.weight' as float32 [1024, 3, 3, 3]");

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(8 << 20));
    }

    [TestCase("init.conv1.weight")]
    [TestCase("teacher.conv1.weight")]
    public void AStartThatIsNoNumberIsRefused(string name)
    {
        var trace = Load();
        trace.Floats(name).Floats![1] = float.NaN;
        Refused(trace, "'conv1.weight' is NaN at [0, 0, 0, 1] of");
    }

    [Test]
    public void TheGroupOfTheChangedTensorIsNamed()
    {
        var trace = Load();
        trace.Floats("grad.fc.bias").Floats![0] += 1f;
        var result = Replay(trace);

        Assert.That(result.Gradients, Is.GreaterThan(1e-2));
        Assert.That(new[] { result.Logits, result.Loss, result.Eval, result.Weights }, Has.All.LessThanOrEqualTo(1e-5));
    }

    [Test]
    public void ATeacherThatIsNotTheStudentsSourceShowsInTheTransfer()
    {
        var trace = Load("spiking18-prefix");
        trace.Floats("teacher.layer1.0.bn1.bias").Floats![0] += 0.5f;

        Assert.That(Replay(trace).Transfer, Is.EqualTo(0.5).Within(1e-6));
    }

    [TestCase("grad.conv1.weight", "the trace holds no tensor 'grad.conv1.weight' of shape")]
    [TestCase("final.fc.bias", "the trace holds no tensor 'final.fc.bias' of shape [10]")]
    [TestCase("expected.eval", "the trace holds no tensor 'expected.eval' of shape [1, 10]")]
    [TestCase("init.fc.bias", "needs 'fc.bias', which the state lacks")]
    [TestCase("teacher.bn1.bias", "needs 'bn1.bias', which the state lacks")]
    [TestCase("input.0", "the file holds no float32 tensor 'input.0'")]
    [TestCase("label.0", "the trace holds no int64 tensor 'label.0' with one label for each of 1 images")]
    public void AMissingTensorIsNamed(string name, string message)
    {
        var trace = Load();
        trace.Tensors.Remove(name);
        Refused(trace, message);
    }

    [TestCase("grad.conv1.weight", "the trace holds no tensor 'grad.conv1.weight' of shape")]
    [TestCase("expected.logits.0", "the trace holds no tensor 'expected.logits.0' of shape [1, 10]")]
    [TestCase("init.conv1.weight", "needs 'conv1.weight' as float32")]
    [TestCase("input.0", "the trace's 'input.0' is [1], not [N, 3, H, W]")]
    [TestCase("label.0", "the trace holds no int64 tensor 'label.0'")]
    public void AnotherShapeIsRefused(string name, string message)
    {
        var trace = Load();
        trace.Tensors[name] = new StoredTensor([1], [0f]);
        Refused(trace, message);
    }

    [TestCase(10)]
    [TestCase(-1)]
    public void ALabelOutOfRangeIsRefused(long label)
    {
        var trace = Load();
        trace.Tensors["label.0"].Integers![0] = label;
        Refused(trace, $"the trace's 'label.0' has label {label}, expected 0 to 9");
    }

    [Test]
    public void AnotherLabelDoesNotPass()
    {
        var trace = Load();
        long[] labels = trace.Tensors["label.0"].Integers!;
        labels[0] = (labels[0] + 1) % 10;

        Assert.That(Replay(trace).Passed, Is.False);
    }

    [TestCase("{}}", "the trace's options cannot be used")]
    [TestCase("null", "the trace's options cannot be used: the options are empty")]
    [TestCase("""{"steps": 0}""", "the number of steps must be at least 1, got 0")]
    [TestCase("""{"temperature": 0}""", "the temperature must be above 0, got 0")]
    [TestCase("""{"width": 0}""", "width must be from 1 to 1024, got 0")]
    [TestCase("""{"depth": 21}""", "depth must be one of")]
    [TestCase("""{"kind": "lstm"}""", "the trace's kind is 'lstm'; known: Ann, Spiking, Sew, Ms")]
    [TestCase("""{"kind": "17"}""", "the trace's kind is '17'")]
    [TestCase("""{"kind": null}""", "the trace's kind is ''")]
    [TestCase("""{"init": "middle"}""", "the trace's init is 'middle'")]
    [TestCase("""{"init": "prefix", "teacher_depth": 50}""", "kernel sizes differ")]
    [TestCase("""{"surrogate": "step"}""", "the trace's surrogate is 'step'")]
    [TestCase("""{"threshold": -1}""", "the neuron's threshold must be above 0, got -1")]
    public void OptionsThatMakeNoSenseAreRefused(string options, string message)
    {
        var trace = Load();
        trace.Metadata["trace"] = options;
        Refused(trace, message);
    }

    [Test]
    public void OptionsThatAreMissingHaveTheirDefaults()
    {
        var trace = new SafetensorsFile();
        trace.Metadata.Add("trace", "{\"width\": 3}");

        Assert.That(TraceOptions.Of(trace), Is.EqualTo(new TraceOptions { Width = 3 }));
    }

    [Test]
    public void ACheckpointIsNoTrace()
    {
        var trace = Load();
        trace.Metadata.Clear();
        Refused(trace, "the file is no trace: its header has no metadata 'trace'");
    }

    private static void Refused(SafetensorsFile trace, string message)
    {
        long before = TestDevices.Get("cpu").Memory.InUseBytes;

        Assert.That(
            () => Replay(trace),
            Throws.InstanceOf<InvalidDataException>().With.Message.Contains(message).And.Message.Not.Contains("\n"));
        Assert.That(TestDevices.Get("cpu").Memory.InUseBytes, Is.EqualTo(before), "bytes in use");
    }
}
