using CsCheck;
using Idsnn.Kernels.Launch;

namespace Idsnn.Tests;

public sealed class LaunchPlanTests
{
    private static readonly LaunchPlan[] Plans = [LaunchPlan.CpuAccelerator(4), LaunchPlan.OpenClCpu(4), LaunchPlan.Gpu(100)];

    [TestCase(1, 1, 1)]
    [TestCase(3, 1, 1)]
    [TestCase(12, 4, 4)]
    [TestCase(24, 8, 8)]
    [TestCase(48, 16, 16)]
    [TestCase(64, 16, 32)]
    [TestCase(100, 4, 4)]
    public void LanesAreTheWidestThatDivide(int extent, int lanes, int tileLanes)
    {
        var wide = LaunchPlan.OpenClCpu(4) with { VectorLanes = 16 };
        Assert.That((wide.Lanes(extent), wide.TileLanes(extent)), Is.EqualTo((lanes, tileLanes)));
    }

    [TestCase(12, 4)]
    [TestCase(24, 8)]
    [TestCase(64, 16)]
    public void NarrowVectorsMakeNarrowTiles(int extent, int lanes)
    {
        var narrow = LaunchPlan.OpenClCpu(4) with { VectorLanes = 8 };
        Assert.That((narrow.Lanes(extent), narrow.TileLanes(extent)), Is.EqualTo((lanes, lanes)));
    }

    [TestCase(48, 4)]
    [TestCase(6, 1)]
    public void AGpuTakesFourAtMost(int extent, int lanes) => Assert.That(LaunchPlan.Gpu(100).Lanes(extent), Is.EqualTo(lanes));

    [Test]
    public void SlicesCoverTheRowsAndFitTheirMemory() => Property.Holds(
        Gen.Select(Gen.Int[1, 3_000_000], Gen.Int[1, 5000], Gen.Int[1, 100_000], Gen.Int[1, 20_000_000]), 200, s =>
        {
            var (rows, items, floatsPerRow, partialFloats) = s;
            foreach (var plan in Plans)
            {
                int sliceRows = plan.SliceRows(rows, items, floatsPerRow, partialFloats);
                long slices = (rows + sliceRows - 1L) / sliceRows;
                Assert.That(sliceRows, Is.InRange(1, rows));
                Assert.That(slices == 1 || slices * partialFloats <= plan.MaxPartialFloats, $"{slices} slices of {partialFloats} floats");
            }
        });

    [Test]
    public void ALongReductionIsSplitForEveryCoreAndCache()
    {
        var plan = LaunchPlan.OpenClCpu(4);
        Assert.That(1000 / plan.SliceRows(1000, 1, 1, 1), Is.GreaterThanOrEqualTo(plan.TargetItems - 1), "work for every core");
        Assert.That(plan.SliceRows(1 << 20, 1000, 64, 64) * 64, Is.LessThanOrEqualTo(plan.CacheFloats), "slices that stay in a cache");
        Assert.That(plan.SliceRows(1000, 1000, 1, 1), Is.EqualTo(1000), "enough items without splitting");
    }
}
