using System.Diagnostics;
using Idsnn.Engine;
using Idsnn.Kernels.Launch;
using Idsnn.Kernels.Packed;
using Idsnn.Kernels.Profiling;
using Idsnn.Kernels.TensorCores;

namespace Idsnn.Measure;

/// <summary>What a device can do at most, measured now.</summary>
/// <param name="PeakGflops">Float32 multiply-adds in registers, GFLOP/s.</param>
/// <param name="CopyGbs">Copy bandwidth, bytes read and written, GB/s.</param>
/// <param name="BFloat16Gflops">Products of tensor cores on bf16, operands in registers, GFLOP/s; null where there are none.</param>
/// <param name="Tf32Gflops">The same on tf32.</param>
public sealed record Peaks(double PeakGflops, double CopyGbs, double? BFloat16Gflops = null, double? Tf32Gflops = null)
{
    private const int Runs = 7, MostRepeats = 500;
    private const double LongEnough = 50e-3;

    /// <summary>The peak of an arithmetic, GFLOP/s; of tensor cores where there are any.</summary>
    public double Of(Arithmetic arithmetic) => arithmetic switch
    {
        Arithmetic.BFloat16 => BFloat16Gflops,
        Arithmetic.Tf32 => Tf32Gflops,
        _ => null,
    } ?? PeakGflops;

    /// <summary>Measures each: the best of some runs.</summary>
    public static Peaks Measure(Device device)
    {
        int lanes = device.Launcher.Plan.VectorLanes, items = 16 * device.Launcher.Plan.TargetItems;
        using var y = Tensor.Full(device, [items * lanes], 0.5f);
        double flops = 2.0 * items * lanes * FmaPeak.Rounds * FmaPeak.Chains;
        double peak = flops / Times(device, () => PeakLoad.MultiplyAdd(y))[0] / 1e9;
        const int count = 1 << 25;
        using var x = Tensor.Full(device, [count], 1f);
        double copy = 8.0 * count / Times(device, () => Ops.Scale(x, 2f).Dispose())[0] / 1e9;
        return device.Launcher.Plan.MatrixUnits == MatrixUnits.TensorCores
            ? new Peaks(peak, copy, Products<BFloat16>(device), Products<Tf32>(device))
            : new Peaks(peak, copy);
    }

    private static double Products<TOperand>(Device device)
        where TOperand : struct, IOperand
    {
        // A few groups for each multiprocessor, a few milliseconds in all.
        const int rounds = 1 << 12, perGroup = 256;
        using var y = Tensor.Empty(device, [device.Launcher.Plan.TargetItems / perGroup, TensorPeak.GroupFloats]);
        double flops = (double)y.Shape.Size * rounds * TensorPeak.FlopsPerSum<TOperand>();
        return flops / Times(device, () => PeakLoad.Products<TOperand>(y, rounds))[0] / 1e9;
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
