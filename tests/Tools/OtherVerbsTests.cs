using System.Text.Json;

namespace Idsnn.Tests.Tools;

/// <summary>replay, bench, profile, devices and help.</summary>
[Category("Slow")]
public class OtherVerbsTests
{
    private TemporaryFolder folder = null!;

    private static string Trace =>
        Path.Combine(TestContext.CurrentContext.TestDirectory, "fixtures", "spiking18-odd-size.safetensors");

    [SetUp]
    public void MakeFolder() => folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => folder.Dispose();

    [Test]
    public void ReplayPassesAndWritesItsResult()
    {
        var outcome = CommandLine.Run("replay", "--trace", Trace, "--device", "cpu", "--json", folder.File("result.json"));
        using var result = JsonDocument.Parse(File.ReadAllText(folder.File("result.json")));

        Assert.That((outcome.Code, outcome.Errors), Is.EqualTo((0, "")));
        Assert.That(File.ReadAllText(folder.File("result.json")).Trim(), Is.EqualTo(outcome.Out.Trim()));
        Assert.That(Keys(result), Is.EqualTo(new[] { "device", "logits", "gradients", "weights", "loss", "eval", "transfer", "passed" }));
        Assert.That(result.RootElement.GetProperty("device").GetString(), Is.EqualTo("cpu"));
        Assert.That(result.RootElement.GetProperty("passed").GetBoolean());
    }

    [Test]
    public void ReplayOfWrongNumbersEndsWithOne()
    {
        var trace = Engine.SafetensorsFile.Load(Trace);
        trace.Floats("expected.eval").Floats![0] = float.NaN;
        trace.Save(folder.File("trace"));
        var outcome = CommandLine.Run("replay", "--trace", folder.File("trace"), "--device", "cpu");
        using var result = JsonDocument.Parse(outcome.Out);

        Assert.That((outcome.Code, outcome.Errors), Is.EqualTo((1, "")));
        Assert.That(result.RootElement.GetProperty("passed").GetBoolean(), Is.False);
        Assert.That(result.RootElement.GetProperty("eval").GetString(), Is.EqualTo("NaN"));
    }

    [Test]
    public void WhatIsRecordedReplays()
    {
        var record = CommandLine.Run("replay", "--record", folder.File("trace"), "--width", "2", "-T", "2", "--image-size", "9", "-b", "2",
            "--teacher", "resnet18", "--init", "Even", "--reset", "SOFT", "--seed", "5", "--device", "cpu");
        var replay = CommandLine.Run("replay", "--trace", folder.File("trace"), "--device", "cpu");

        Assert.That((record.Code, record.Errors), Is.EqualTo((0, "")));
        Assert.That(
            record.Out.Trim(), Is.EqualTo($"recorded on cpu; replay it elsewhere: replay --trace {folder.File("trace")} --device NAME"));
        Assert.That(folder.Entries, Is.EqualTo(new[] { "trace" }));
        Assert.That((replay.Code, replay.Errors), Is.EqualTo((0, "")));
    }

    [Test]
    public void BenchGivesTheAgreedKeys()
    {
        var outcome = CommandLine.Run(
            "bench", "--width", "2", "-T", "2", "-b", "2", "--teacher", "resnet18", "--steps", "2", "--device", "cpu",
            "--json", folder.File("bench.json"));
        using var result = JsonDocument.Parse(outcome.Out);
        double Number(string key) => result.RootElement.GetProperty(key).GetDouble();

        Assert.That((outcome.Code, outcome.Errors), Is.EqualTo((0, "")));
        Assert.That(Keys(result), Is.EqualTo(new[]
        {
            "device", "model", "teacher", "timesteps", "batch", "width", "images_per_second", "ms_per_step", "peak_bytes",
            "peak_bytes_per_image", "launches_per_step", "allocations_per_step",
        }));
        Assert.That(
            (Number("timesteps"), Number("batch"), Number("width"), Number("allocations_per_step")), Is.EqualTo((2.0, 2.0, 2.0, 0.0)));
        Assert.That(Number("images_per_second"), Is.EqualTo(2000 / Number("ms_per_step")).Within(1e-6));
        Assert.That(Number("launches_per_step"), Is.GreaterThan(0));
        Assert.That(Number("peak_bytes"), Is.GreaterThan(2 * Number("peak_bytes_per_image")).And.GreaterThan(0));
        Assert.That(File.ReadAllText(folder.File("bench.json")).Trim(), Is.EqualTo(outcome.Out.Trim()));
    }

    [Test]
    public void AProfileNamesEveryPhaseAndWritesATrace()
    {
        var outcome = CommandLine.Run(
            "profile", "--width", "2", "-T", "2", "-b", "2", "--teacher", "resnet18", "--steps", "1", "--device", "cpu",
            "--over-t", "1,3", "--chrome-trace", folder.File("trace.json"));
        using var trace = JsonDocument.Parse(File.ReadAllText(folder.File("trace.json")));
        var events = trace.RootElement.GetProperty("traceEvents").EnumerateArray().Where(e => e.GetProperty("ph").GetString() == "X")
            .ToList();

        Assert.That((outcome.Code, outcome.Errors), Is.EqualTo((0, "")));
        foreach (string phase in (string[])["teacher", "forward", "backward", "update"])
        {
            Assert.That(outcome.Lines, Has.One.StartsWith($"{phase,-9} in all"));
            Assert.That(events.Count(e => e.GetProperty("cat").GetString() == phase), Is.Positive);
        }

        Assert.That(outcome.Lines, Has.One.StartsWith("T = 1: ").And.One.StartsWith("T = 3: "));
        double total = events.Sum(e => e.GetProperty("args").GetProperty("flops").GetDouble());
        Assert.That(total, Is.EqualTo(Flops()).Within(1e-9 * total), "arithmetic of all convolutions");
    }

    /// <summary>
    /// Forward of teacher and student, and backward of the student: twice its forward, less the first layer's input gradient.
    /// </summary>
    private static double Flops()
    {
        const int batch = 2, timesteps = 2;
        var student = new Idsnn.Models.ModelSpec(
            Idsnn.Models.ModelKind.Spiking, 18, 2, 10, Timesteps: timesteps, Neuron: new Idsnn.Engine.Neuron());
        var teacher = new Idsnn.Models.ModelSpec(Idsnn.Models.ModelKind.Ann, 18, 2, 10);
        double Layers(Idsnn.Models.ModelSpec spec)
        {
            double macs = 0;
            int size = 32;
            foreach (var block in new Idsnn.Models.ResNetLayout(spec).Stages().SelectMany(stage => stage))
            {
                int input = size;
                foreach (var layer in block.Path) macs += Macs(layer, ref size);
                if (block.Shortcut is { } shortcut) macs += Macs(shortcut, ref input);
            }

            return 2 * macs;
        }

        double stem = 2.0 * 32 * 32 * 3 * 2 * 9, classifier = 2.0 * 16 * 10;
        return batch * (Layers(teacher) + stem + classifier + (3 * timesteps * Layers(student)) + (2 * stem) + (3 * classifier));
    }

    private static double Macs(Idsnn.Models.ConvBnSpec layer, ref int size)
    {
        // Winograd's algorithm, where it runs, needs 16 products where the direct one has 36.
        bool winograd = layer is { Kernel: 3, Stride: 1, Ci: >= 8, Co: >= 8 };
        size = layer.Output(size);
        return (double)size * size * layer.Ci * layer.Co * (winograd ? 4 : layer.Kernel * layer.Kernel);
    }

    [Test]
    public void DevicesAlwaysListTheCpuAndWhatIsMissing()
    {
        var outcome = CommandLine.Run("devices");

        Assert.That((outcome.Code, outcome.Errors), Is.EqualTo((0, "")));
        Assert.That(outcome.Lines, Has.One.Contains(" cpu "));
        Assert.That(outcome.Lines, Has.Some.Contains(" cuda").And.Some.Contains(" opencl"));
    }

    [TestCase("--help")]
    [TestCase("-h")]
    [TestCase("help")]
    public void HelpListsTheVerbs(string word)
    {
        var outcome = CommandLine.Run(word);

        Assert.That((outcome.Code, outcome.Errors), Is.EqualTo((0, "")));
        string[] verbs =
        [
            "train", "eval", "infer", "runs", "report", "experiment", "demo", "download", "replay", "bench", "profile", "devices", "ptx",
        ];
        foreach (string verb in verbs) Assert.That(outcome.Lines, Has.One.StartsWith($"  {verb} "));
    }

    [TestCase("conv2d", 10 * 3)]
    [TestCase("linear", 1)]
    [TestCase("bn-lif", 8)]
    [TestCase("sgd", 1)]
    [TestCase("adamw", 1)]
    public void BenchTimesAnOperationBesideThePeaks(string op, int rows)
    {
        var outcome = CommandLine.Run("bench", "--op", op, "--width", "1", "-T", "1", "-b", "1", "--device", "cpu");
        Assert.That((outcome.Code, outcome.Errors), Is.EqualTo((0, "")));
        Assert.That(outcome.Lines[0], Does.Match(@"^cpu: multiply-add peak [0-9.]+ GFLOP/s, copy [0-9.]+ GB/s$"));
        Assert.That(outcome.Lines.Count(line => line.StartsWith(op, StringComparison.Ordinal)), Is.EqualTo(rows));
    }

    [TestCase("train", "--kd-temperature")]
    [TestCase("eval", "--checkpoint")]
    [TestCase("runs", "--json")]
    [TestCase("report", "--output")]
    [TestCase("experiment", "--scale")]
    [TestCase("download", "--data-path")]
    [TestCase("replay", "--record")]
    [TestCase("bench", "--steps")]
    [TestCase("profile", "--chrome-trace")]
    [TestCase("devices", "--help")]
    [TestCase("ptx", "--ptxas")]
    public void AVerbsHelpListsItsOptions(string verb, string option)
    {
        var outcome = CommandLine.Run(verb, "--help");

        Assert.That((outcome.Code, outcome.Errors), Is.EqualTo((0, "")));
        Assert.That(outcome.Out, Does.Contain(option));
        Assert.That(CommandLine.Run("help", verb).Out, Is.EqualTo(outcome.Out));
    }

    private static IEnumerable<string> Keys(JsonDocument json) => json.RootElement.EnumerateObject().Select(p => p.Name);
}
