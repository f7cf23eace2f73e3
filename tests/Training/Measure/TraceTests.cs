using Idsnn.Engine;
using Idsnn.Kernels.Launch;
using Idsnn.Measure;

namespace Idsnn.Tests.Training;

/// <summary>Whole training steps against PyTorch's numbers, and device against device.</summary>
public class TraceTests(string name) : DeviceTests(name)
{
    private static IEnumerable<string> Present() => TestDevices.Present;

    [TestCaseSource(typeof(Fixtures), nameof(Fixtures.Names))]
    public void PyTorchsTraceReplays(string fixture)
    {
        var trace = SafetensorsFile.Load(Fixtures.PathOf(fixture));
        var result = TraceReplay.Run(Device, trace);

        Assert.That(result.Passed, result.ToJson());
        Assert.That(result.Logits, Is.LessThanOrEqualTo(1e-5), "logits");
        Assert.That(result.Loss, Is.LessThanOrEqualTo(1e-5), "loss");
        Assert.That(result.Eval, Is.LessThanOrEqualTo(1e-5), "evaluation");
        Assert.That(result.Gradients, Is.LessThanOrEqualTo(1e-4), "gradients");
        Assert.That(result.Weights, Is.LessThanOrEqualTo(1e-5), "weights");
        Assert.That(result.Transfer, TraceOptions.Of(trace).Mapping is null ? Is.Null : Is.Zero, "transfer");
        Assert.That(result.Device, Is.EqualTo(Device.Info.Id));
    }

    /// <summary>
    /// A GPU's reductions start from thousands of chunks: added up one after another, statistics missed these traces' bounds on one.
    /// </summary>
    [TestCase("ann18-two-steps")]
    [TestCase("ms18-prefix")]
    [TestCase("spiking18-sigmoid-alone")]
    public void ReductionsInRoundsKeepTheBounds(string fixture)
    {
        var plan = Device.Launcher.Plan;
        var gpu = LaunchPlan.Gpu(100);
        Device.Launcher.Plan = plan with { TargetItems = gpu.TargetItems, RoundRows = gpu.RoundRows };
        try
        {
            var result = TraceReplay.Run(Device, SafetensorsFile.Load(Fixtures.PathOf(fixture)));

            Assert.That(result.Passed, result.ToJson());
        }
        finally
        {
            Device.Launcher.Plan = plan;
        }
    }

    /// <summary>Memory comes from the pool with whatever it held; none of it may reach a result, not even multiplied by zero.</summary>
    [TestCase("sew50-alone")]
    [TestCase("spiking18-odd-size")]
    [TestCase("ms50-soft-even")]
    public void NothingIsReadThatWasNotWritten(string fixture)
    {
        Poison();
        var result = TraceReplay.Run(Device, SafetensorsFile.Load(Fixtures.PathOf(fixture)));

        Assert.That(result.Passed, result.ToJson());
    }

    private void Poison()
    {
        using var scope = Device.Scope();
        for (int floats = 64; floats <= 1 << 15; floats += floats < 1024 ? 64 : 1024)
        {
            for (int i = 0; i < 24; i++) Tensor.Full(Device, [floats], float.NaN);
        }
    }

    /// <summary>A trace recorded here replays on every device there is.</summary>
    [TestCaseSource(nameof(Present))]
    public void OurTraceReplays(string other)
    {
        var trace = TraceRecorder.Record(Device, new TraceOptions { Width = 3, Timesteps = 2, Size = 9, TeacherDepth = 18, Init = "even" });
        using var folder = new TemporaryFolder();
        trace.Save(folder.File("trace"));
        var result = TraceReplay.Run(TestDevices.Get(other), SafetensorsFile.Load(folder.File("trace")));

        Assert.That(result.Passed, result.ToJson());
        Assert.That(result.Transfer, Is.Zero);
        if (other == Device.Info.Id)
        {
            Assert.That(result.Logits + result.Gradients + result.Weights, Is.Zero, "the same device repeats itself");
        }
    }
}
