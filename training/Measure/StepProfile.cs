using System.Globalization;
using System.Text;
using System.Text.Json;
using Idsnn.Engine;
using Idsnn.Kernels.Profiling;
using Idsnn.Models;

namespace Idsnn.Measure;

/// <summary>All launches of one kernel at one size in one phase of a training step.</summary>
/// <param name="Phase">teacher, forward, backward or update.</param>
/// <param name="Kernel">The kernel.</param>
/// <param name="Label">Its size.</param>
/// <param name="Launches">Launches per step.</param>
/// <param name="Ms">Milliseconds per step.</param>
/// <param name="Flops">Floating-point operations per step.</param>
/// <param name="Bytes">Bytes read and written per step.</param>
/// <param name="Arithmetic">What does the operations.</param>
public sealed record ProfileRow(
    string Phase, string Kernel, string Label, int Launches, double Ms, double Flops, double Bytes, Arithmetic Arithmetic);

/// <summary>Where the time of a training step goes.</summary>
/// <param name="Device">The device.</param>
/// <param name="Peaks">What it can do.</param>
/// <param name="Timesteps">T.</param>
/// <param name="Batch">Images per step.</param>
/// <param name="Steps">Steps that were profiled.</param>
/// <param name="Records">Every launch.</param>
/// <param name="OverT">The same step, unprofiled, at some numbers of time-steps.</param>
public sealed record StepProfile(
    string Device, Peaks Peaks, int Timesteps, int Batch, int Steps, IReadOnlyList<LaunchRecord> Records,
    IReadOnlyList<BenchmarkResult> OverT)
{
    /// <summary>Profiles a training step.</summary>
    /// <param name="device">Where.</param>
    /// <param name="student">The student.</param>
    /// <param name="teacher">The teacher; null without distillation.</param>
    /// <param name="batch">Images per step.</param>
    /// <param name="steps">Steps to profile, after two that warm up; at least 1.</param>
    /// <param name="overT">Numbers of time-steps at which to time the step as well.</param>
    public static StepProfile Run(
        Device device, ModelSpec student, ModelSpec? teacher, int batch, int steps, IReadOnlyList<int> overT)
    {
        if (batch < 1 || steps < 1) throw new ArgumentException($"batch and steps must be at least 1, got {batch} and {steps}");
        var peaks = Peaks.Measure(device);
        IReadOnlyList<LaunchRecord> records;
        using (var step = new BenchmarkStep(device, student, teacher, batch))
        {
            // The first profiled step compiles the code that profiles, while the launches' clocks run.
            step.Run();
            Profile(1);
            records = Profile(steps);

            IReadOnlyList<LaunchRecord> Profile(int steps)
            {
                var profile = device.Launcher.BeginProfile();
                try
                {
                    for (int i = 0; i < steps; i++) step.Run();
                    return profile.Records;
                }
                finally
                {
                    device.Launcher.EndProfile();
                }
            }
        }

        return new StepProfile(
            device.Info.Id, peaks, student.Timesteps, batch, steps, records,
            [.. overT.Select(t => Benchmark.Run(device, student with { Timesteps = t }, teacher, batch, steps))]);
    }

    /// <summary>The launches by phase, kernel and size, the phases in order and in each the longest first.</summary>
    public IReadOnlyList<ProfileRow> Rows =>
    [
        .. Records
            .GroupBy(r => (r.Phase, r.Kernel, r.Label))
            .Select(g => new ProfileRow(
                g.Key.Phase, g.Key.Kernel, g.Key.Label, g.Count() / Steps, g.Sum(r => r.Ms) / Steps, g.Sum(r => r.Flops) / Steps,
                g.Sum(r => r.Bytes) / Steps, g.First().Arithmetic))
            .GroupBy(row => row.Phase)
            .SelectMany(phase => phase.OrderByDescending(row => row.Ms)),
    ];

    /// <summary>Milliseconds of all launches of a step.</summary>
    public double TotalMs => Records.Sum(r => r.Ms) / Steps;

    /// <summary>As tables.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        void Line(params FormattableString[] parts) => text.AppendLine(string.Concat(parts.Select(FormattableString.Invariant)));
        string units = Peaks is { BFloat16Gflops: { } bf16, Tf32Gflops: { } tf32 }
            ? string.Create(CultureInfo.InvariantCulture, $", tensor cores {bf16:F1} (bf16) and {tf32:F1} (tf32) GFLOP/s") : string.Empty;
        Line($"{Device}: multiply-add peak {Peaks.PeakGflops:F1} GFLOP/s, copy {Peaks.CopyGbs:F1} GB/s{units}");
        Line($"batch {Batch}, T = {Timesteps}: {TotalMs:F2} ms in {Records.Count / Steps} launches, each timed by itself");
        Line(
            $"{"phase",-9} {"kernel",-56} {"size",-28} {"launches",8} {"ms",9} {"share",6} {"ms/T",8} {"GFLOP/s",9} {"peak",5} {"GB/s",8} ",
            $"{"copy",5}");
        foreach (var row in Rows)
        {
            double gflops = row.Flops / row.Ms / 1e6, gbs = row.Bytes / row.Ms / 1e6;
            string time = row.Phase == "teacher" || row.Phase == "update"
                ? "-" : (row.Ms / Timesteps).ToString("F3", CultureInfo.InvariantCulture);
            Line(
                $"{row.Phase,-9} {row.Kernel,-56} {row.Label,-28} {row.Launches,8} {row.Ms,9:F3} {row.Ms / TotalMs,6:P1} {time,8} ",
                $"{gflops,9:F1} {gflops / Peaks.Of(row.Arithmetic),5:P0} {gbs,8:F1} {gbs / Peaks.CopyGbs,5:P0}");
        }

        foreach (var phase in Records.GroupBy(r => r.Phase))
        {
            double ms = phase.Sum(r => r.Ms) / Steps;
            Line($"{phase.Key,-9} in all {phase.Count() / Steps} launches, {ms:F2} ms, {ms / TotalMs:P1}");
        }

        foreach (var b in OverT)
        {
            Line(
                $"T = {b.Timesteps}: {b.MsPerStep:F2} ms per step, {b.MsPerStep / b.Timesteps:F2} per time-step, {b.ImagesPerSecond:F1} ",
                $"images/s, {b.ImagesPerSecond * b.Timesteps:F1} images·steps/s");
        }

        return text.ToString().TrimEnd();
    }

    /// <summary>As a Chrome trace (chrome://tracing, Perfetto): one event for each launch, a track for each phase.</summary>
    public void WriteChromeTrace(Stream stream)
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("displayTimeUnit", "ms");
        json.WriteStartArray("traceEvents");
        string[] phases = [.. Records.Select(r => r.Phase).Distinct()];
        for (int i = 0; i < phases.Length; i++)
        {
            json.WriteStartObject();
            json.WriteString("name", "thread_name");
            json.WriteString("ph", "M");
            json.WriteNumber("pid", 1);
            json.WriteNumber("tid", i);
            json.WriteStartObject("args");
            json.WriteString("name", phases[i]);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        foreach (var r in Records)
        {
            json.WriteStartObject();
            json.WriteString("name", r.Kernel);
            json.WriteString("cat", r.Phase);
            json.WriteString("ph", "X");
            json.WriteNumber("ts", r.StartMs * 1e3);
            json.WriteNumber("dur", r.Ms * 1e3);
            json.WriteNumber("pid", 1);
            json.WriteNumber("tid", Array.IndexOf(phases, r.Phase));
            json.WriteStartObject("args");
            json.WriteString("size", r.Label);
            json.WriteNumber("flops", r.Flops);
            json.WriteNumber("bytes", r.Bytes);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
