using Idsnn.Kernels.Profiling;
using Idsnn.Measure;

namespace Idsnn.Tests.Training;

public sealed class StepProfileTests
{
    // A thousand GFLOP/s each.
    private static readonly LaunchRecord[] Records =
    [
        new("forward", "Plain", "", 0, 1, 1e9, 1e6), new("forward", "Bf", "", 1, 1, 1e9, 1e6, Arithmetic.BFloat16),
        new("backward", "Tf", "", 2, 1, 1e9, 1e6, Arithmetic.Tf32),
    ];

    [Test]
    public void KernelsOfTensorCoresAreSetBesideTheirOwnPeaks()
    {
        string[] lines = Lines(new Peaks(2000, 10, 4000, 10000));
        Assert.That(
            lines[0],
            Is.EqualTo("gpu: multiply-add peak 2000.0 GFLOP/s, copy 10.0 GB/s, tensor cores 4000.0 (bf16) and 10000.0 (tf32) GFLOP/s"));
        foreach (var (kernel, share) in new[] { ("Plain", "50"), ("Bf", "25"), ("Tf", "10") })
        {
            Assert.That(lines.Single(line => line.Contains($" {kernel} ", StringComparison.Ordinal)), Does.Match($"1000\\.0 +{share} ?%"));
        }
    }

    [Test]
    public void WithoutTensorCoresNothingIsSaidOfThem() =>
        Assert.That(Lines(new Peaks(2000, 10))[0], Is.EqualTo("gpu: multiply-add peak 2000.0 GFLOP/s, copy 10.0 GB/s"));

    private static string[] Lines(Peaks peaks) =>
        new StepProfile("gpu", peaks, 1, 1, 1, Records, []).ToString().Split(Environment.NewLine);
}
