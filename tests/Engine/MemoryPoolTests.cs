using System.Globalization;
using Idsnn.Engine;

namespace Idsnn.Tests;

public sealed class MemoryPoolTests(string name) : DeviceTests(name)
{
    [Test]
    public void ASecondIdenticalStepAllocatesNothing()
    {
        var draw = new Draw(1);
        using var weight = Tensor.Parameter(Device, [3, 3, 3, 8], draw.Fill([3, 3, 3, 8]));
        using var gamma = Tensor.Parameter(Device, [8], draw.Fill([8]));
        using var beta = Tensor.Parameter(Device, [8], draw.Fill([8]));
        using var velocity = Tensor.Persistent(Device, weight.Shape, new float[weight.Shape.Size]);
        using var gate = new UpdateGate(Device);
        using var labels = new Labels(Device, [1, 2]);
        var running = new RunningStatistics(Tensor.Full(Device, [8], 0f), Tensor.Full(Device, [8], 1f));
        float[] images = draw.Fill([2, 6, 6, 3]);
        void Step()
        {
            using var scope = Device.Scope();
            using var tape = new Tape();
            var x = Ops.RepeatOverTime(From([2, 6, 6, 3], images), 2);
            var h = Ops.Lif(Ops.BatchNorm(Ops.Conv2D(x, weight, padding: 1), gamma, beta, running, true), new Neuron(), 2);
            tape.Backward(Ops.CrossEntropy(Ops.GlobalAveragePool(Ops.MeanOverTime(h, 2)), labels));
            Ops.SgdStep(weight, velocity, gate, new Kernels.Ops.SgdSpec(0.1f, 0.9f, 1e-4f, false));
            foreach (var parameter in (ReadOnlySpan<Tensor>)[weight, gamma, beta]) parameter.ClearGradient();
        }

        Step();
        var (inUse, allocations, reserved) = (Device.Memory.InUseBytes, Device.Memory.Allocations, Device.Memory.ReservedBytes);
        Step();
        Assert.That(
            (Device.Memory.InUseBytes, Device.Memory.Allocations, Device.Memory.ReservedBytes),
            Is.EqualTo((inUse, allocations, reserved)));
    }

    [Test]
    public void AReturnedBlockIsHandedOutAgain()
    {
        Tensor.Empty(Device, [1000]).Dispose();
        long allocations = Device.Memory.Allocations;
        Tensor.Empty(Device, [990]).Dispose();
        Assert.That(Device.Memory.Allocations, Is.EqualTo(allocations), "990 and 1000 floats are of one size class");
    }

    [Test]
    public void ABlockWastesAnEighthAtMost([Values(1, 64, 65, 1000, 1025, 4097, 100_000)] int count)
    {
        long before = Device.Memory.InUseBytes;
        using var tensor = Tensor.Empty(Device, [count]);
        long bytes = Device.Memory.InUseBytes - before;
        Assert.That(bytes % 256, Is.Zero, "whole granules");
        Assert.That(bytes, Is.GreaterThanOrEqualTo(4L * count).And.LessThanOrEqualTo((4L * count * 9 / 8) + 256));
    }

    [Test]
    public void BlocksInUseDoNotOverlap()
    {
        var tensors = Enumerable.Range(0, 20).Select(i => Tensor.Full(Device, [100], i)).ToArray();
        for (int i = 0; i < tensors.Length; i++) Assert.That(tensors[i].ToArray(), Is.All.EqualTo((float)i));
    }

    [Test]
    public void ThePeakIsTheMostInUse()
    {
        long before = Device.Memory.InUseBytes;
        Device.Memory.ResetPeak();
        Assert.That(Device.Memory.PeakBytes, Is.EqualTo(before));
        var a = Tensor.Empty(Device, [64]);
        Tensor.Empty(Device, [64]).Dispose();
        a.Dispose();
        Assert.That(Device.Memory.PeakBytes, Is.EqualTo(before + 512));
    }

    [Test]
    public void TrimKeepsOnlyWhatIsInUse()
    {
        var kept = From([2], 1f, 2f);
        Tensor.Empty(Device, [5000]).Dispose();
        Assert.That(Device.Memory.ReservedBytes, Is.GreaterThan(Device.Memory.InUseBytes));
        Device.Memory.Trim();
        Assert.That(Device.Memory.ReservedBytes, Is.EqualTo(Device.Memory.InUseBytes));
        Assert.That(kept.ToArray(), Is.EqualTo(new[] { 1f, 2f }));
    }

    [Test]
    public void ABigBlockAsksForHugePagesOnAnOpenClCpuAlone()
    {
        bool asks = Device.Info.Kind == DeviceKind.OpenClCpu && Directory.Exists("/sys/kernel/mm/transparent_hugepage");
        Device.Memory.Trim();
        long asked = AskedMegabytes();
        using var tensor = Tensor.Empty(Device, [16 << 20]);
        Assert.That(AskedMegabytes() - asked, Is.EqualTo(asks ? 64 : 0).Within(1));

        static long AskedMegabytes()
        {
            const string mappings = "/proc/self/smaps";
            long kilobytes = 0, size = 0;
            foreach (string line in File.Exists(mappings) ? File.ReadLines(mappings) : [])
            {
                string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (words[0] == "Size:") size = long.Parse(words[1], CultureInfo.InvariantCulture);
                if (words[0] == "VmFlags:" && words.Contains("hg")) kilobytes += size;
            }

            return kilobytes / 1024;
        }
    }
}
