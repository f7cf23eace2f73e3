using System.Diagnostics;
using Idsnn.Engine;
using Idsnn.Kernels;

namespace Idsnn.Training;

/// <summary>What a device can do at most, measured now.</summary>
/// <param name="PeakGflops">Float32 multiply-adds in registers, GFLOP/s.</param>
/// <param name="CopyGbs">Copy bandwidth, bytes read and written, GB/s.</param>
public sealed record Ceilings(double PeakGflops, double CopyGbs)
{
    private const int Runs = 7, MostRepeats = 50;
    private const double LongEnough = 5e-3;

    /// <summary>Measures both: the best of some runs.</summary>
    public static Ceilings Measure(Device device)
    {
        int lanes = device.Launcher.Plan.MaxLanes, items = 16 * device.Launcher.Plan.TargetItems;
        using var y = Tensor.Full(device, [items * lanes], 0.5f);
        double flops = 2.0 * items * lanes * FmaCeiling.Rounds * FmaCeiling.Chains;
        double peak = flops / Times(device, () => Ops.MultiplyAddCeiling(y))[0] / 1e9;
        const int count = 1 << 25;
        using var x = Tensor.Full(device, [count], 1f);
        return new Ceilings(peak, 8.0 * count / Times(device, () => Ops.Scale(x, 2f).Dispose())[0] / 1e9);
    }

    /// <summary>Seconds of the median run.</summary>
    internal static double Median(Device device, Action run) => Times(device, run)[Runs / 2];

    /// <summary>
    /// Seconds of a run, sorted, after one that compiles and warms up. Short ones are queued several at a time before the device is waited
    /// for, as in a step: waiting costs more than some of them.
    /// </summary>
    private static List<double> Times(Device device, Action run)
    {
        Seconds(device, run, 1);
        int repeats = Math.Clamp((int)(LongEnough / Seconds(device, run, 1)), 1, MostRepeats);
        return [.. Enumerable.Range(0, Runs).Select(_ => Seconds(device, run, repeats)).Order()];
    }

    private static double Seconds(Device device, Action run, int repeats)
    {
        var clock = Stopwatch.StartNew();
        for (int i = 0; i < repeats; i++) run();
        device.Synchronize();
        return clock.Elapsed.TotalSeconds / repeats;
    }
}
