using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Idsnn.Engine;
using Idsnn.Models;

namespace Idsnn.Measure;

/// <summary>What whole training steps cost: teacher forward, student forward, backward, update.</summary>
/// <param name="Device">The device.</param>
/// <param name="Model">The student.</param>
/// <param name="Teacher">The teacher; null without distillation.</param>
/// <param name="Timesteps">T.</param>
/// <param name="Batch">Images per step.</param>
/// <param name="Width">Channels of the first stage, of both.</param>
/// <param name="ImagesPerSecond">Of the median step.</param>
/// <param name="MsPerStep">The median step.</param>
/// <param name="PeakBytes">The most device memory in use during a step.</param>
/// <param name="PeakBytesPerImage">
/// The same per image, beyond what stays from step to step: weights, statistics, packed weights, momentum, gradients, inputs.
/// </param>
/// <param name="LaunchesPerStep">Kernels launched.</param>
/// <param name="AllocationsPerStep">Device allocations, during the timed steps.</param>
public sealed record BenchmarkResult(
    string Device, string Model, string? Teacher, int Timesteps, int Batch, int Width, double ImagesPerSecond, double MsPerStep,
    long PeakBytes, long PeakBytesPerImage, double LaunchesPerStep, double AllocationsPerStep)
{
    /// <summary>As one JSON object.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, BenchmarkJson.Default.BenchmarkResult);
}

/// <summary>Times training steps on data that is already on the device.</summary>
public static class Benchmark
{
    private const int WarmUpSteps = 3;

    /// <summary>Bytes that the steps would take of a device, found by running some on one that only counts.</summary>
    /// <param name="device">Where.</param>
    /// <param name="student">The student.</param>
    /// <param name="teacher">The teacher; null without one.</param>
    /// <param name="batch">Images per step.</param>
    /// <exception cref="ArgumentException">A tensor would have too many elements.</exception>
    public static long Rehearse(Device device, ModelSpec student, ModelSpec? teacher, int batch)
    {
        using var rehearsal = device.Rehearse();
        using var step = new BenchmarkStep(rehearsal, student, teacher, batch, graph: false);
        for (int i = 0; i < 2; i++) step.Run();
        return rehearsal.Memory.ReservedBytes;
    }

    /// <summary>Runs the steps.</summary>
    /// <param name="device">Where.</param>
    /// <param name="student">The student.</param>
    /// <param name="teacher">The teacher; null trains without one.</param>
    /// <param name="batch">Images per step.</param>
    /// <param name="steps">Timed steps; at least 1.</param>
    /// <param name="graph">Whether CUDA replays a captured step.</param>
    public static BenchmarkResult Run(
        Device device, ModelSpec student, ModelSpec? teacher, int batch, int steps, bool graph = true)
    {
        if (batch < 1 || steps < 1) throw new ArgumentException($"batch and steps must be at least 1, got {batch} and {steps}");
        using var step = new BenchmarkStep(device, student, teacher, batch, graph);
        step.Run();

        // From the second step on: a step that is replayed as a graph takes its memory when it is captured, and none later.
        device.Memory.ResetPeak();
        for (int i = 1; i < WarmUpSteps; i++) step.Run();
        long resident = device.Memory.InUseBytes + step.GradientBytes, allocations = device.Memory.Allocations;
        var times = new List<double>();
        for (int i = 0; i < steps; i++)
        {
            var clock = Stopwatch.StartNew();
            step.Run();
            times.Add(clock.Elapsed.TotalMilliseconds);
        }

        times.Sort();
        double median = (times[(times.Count - 1) / 2] + times[times.Count / 2]) / 2;
        return new BenchmarkResult(
            device.Info.Id, student.Name, teacher?.Name, student.Timesteps, batch, student.Width, batch / median * 1000, median,
            device.Memory.PeakBytes, (device.Memory.PeakBytes - resident) / batch,
            step.Launches, (double)(device.Memory.Allocations - allocations) / steps);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(BenchmarkResult))]
internal sealed partial class BenchmarkJson : JsonSerializerContext;
