using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Idsnn.Engine;
using Idsnn.Kernels.Ops;

namespace Idsnn.Measure;

/// <summary>One operation at one shape.</summary>
/// <param name="Op">The operation and pass.</param>
/// <param name="Shape">The shape.</param>
/// <param name="Ms">The median run.</param>
/// <param name="Rate">GFLOP/s (of the direct algorithm's count) or GB/s (of the passes over memory that the operation makes).</param>
/// <param name="Unit">GFLOP/s or GB/s.</param>
/// <param name="OfPeak">The rate as a share of the peak of its unit; above 1 where an algorithm saves arithmetic.</param>
public sealed record OpTiming(
    string Op, string Shape, double Ms, double Rate, string Unit, [property: JsonPropertyName("of_ceiling")] double OfPeak);

/// <summary>Operations beside what the device can do.</summary>
/// <param name="Device">The device.</param>
/// <param name="PeakGflops">Multiply-adds in registers, the best of some runs now.</param>
/// <param name="CopyGbs">Copy bandwidth (bytes read and written), the best of some runs now.</param>
/// <param name="Timings">The operations.</param>
public sealed record OpBenchmarkResult(string Device, double PeakGflops, double CopyGbs, IReadOnlyList<OpTiming> Timings)
{
    /// <summary>As one JSON object.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, OpBenchmarkJson.Default.OpBenchmarkResult);

    /// <summary>As a table.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{Device}: multiply-add peak {PeakGflops:F1} GFLOP/s, copy {CopyGbs:F1} GB/s");
        foreach (var t in Timings)
        {
            text.AppendLine(
                CultureInfo.InvariantCulture, $"{t.Op,-22} {t.Shape,-26} {t.Ms,9:F2} ms {t.Rate,8:F1} {t.Unit,-8} {t.OfPeak,6:P0}");
        }

        return text.ToString().TrimEnd();
    }
}

/// <summary>Times single operations at the shapes of a network, beside the device's measured peaks.</summary>
public sealed class OpBenchmark
{
    private readonly Device device;
    private readonly int images, width, timesteps;
    private readonly double peak, copy;
    private readonly List<OpTiming> timings = [];

    private OpBenchmark(Device device, int batch, int timesteps, int width)
    {
        this.device = device;
        this.timesteps = timesteps;
        this.width = width;
        images = batch * timesteps;
        (peak, copy, _, _) = Peaks.Measure(device);
    }

    /// <summary>The operations that can be timed.</summary>
    public static IReadOnlyList<string> Operations { get; } = ["conv2d", "linear", "bn-lif", "sgd", "adamw"];

    /// <summary>Runs one operation at all its shapes.</summary>
    /// <param name="device">Where.</param>
    /// <param name="op">conv2d, linear, bn-lif, sgd or adamw.</param>
    /// <param name="batch">Images.</param>
    /// <param name="timesteps">T.</param>
    /// <param name="width">Channels of the first stage.</param>
    /// <exception cref="ArgumentException">No such operation.</exception>
    public static OpBenchmarkResult Run(Device device, string op, int batch, int timesteps, int width)
    {
        Action<OpBenchmark> time = op switch
        {
            "conv2d" => b => b.Convolutions(),
            "linear" => b => b.Linear(),
            "bn-lif" => b => b.BatchNormLif(),
            "sgd" => b => b.Sgd(),
            "adamw" => b => b.AdamW(),
            _ => throw new ArgumentException($"there is no operation '{op}' to time; there are {string.Join(", ", Operations)}"),
        };
        var benchmark = new OpBenchmark(device, batch, timesteps, width);
        time(benchmark);
        return new OpBenchmarkResult(device.Info.Id, benchmark.peak, benchmark.copy, benchmark.timings);
    }

    private void Convolutions()
    {
        for (int stage = 0; stage < 4; stage++)
        {
            int channels = width << stage, size = 32 >> stage;
            Convolution(channels, channels, size, 3, 1);
            if (stage == 0) continue;
            Convolution(channels / 2, channels, size * 2, 3, 2);
            Convolution(channels / 2, channels, size * 2, 1, 2);
        }
    }

    private void Convolution(int ci, int co, int size, int kernel, int stride)
    {
        using var scope = device.Scope();
        int output = size / stride, padding = kernel / 2;
        Shape x = [images, size, size, ci], weight = [kernel, kernel, ci, co];
        Tensor input = Noise(x), w = Noise(weight), dY = Noise([images, output, output, co]);
        string shape = $"{ci}->{co} {kernel}x{kernel}/{stride} @{size}x{size}";
        double flops = 2.0 * images * output * output * co * ci * kernel * kernel;
        Time("conv2d forward", shape, flops, 0, () => Ops.Conv2D(input, w, null, stride, padding).Dispose());
        Time("conv2d dX", shape, flops, 0, () => Ops.Conv2DInputGradient(dY, w, x, stride, padding).Dispose());
        Time("conv2d dW", shape, flops, 0, () => Ops.Conv2DWeightGradient(input, dY, weight, stride, padding).Dispose());
    }

    private void Linear()
    {
        using var scope = device.Scope();
        const int classes = 10;
        int features = width << 3, rows = images / timesteps;
        Tensor x = Noise([rows, features]), w = Noise([features, classes]), b = Noise([classes]);
        Time(
            "linear forward", $"[{rows}, {features}] x [{classes}]", 2.0 * rows * features * classes, 0,
            () => Ops.Linear(x, w, b).Dispose());
    }

    private void BatchNormLif()
    {
        for (int stage = 0; stage < 4; stage++)
        {
            using var scope = device.Scope();
            int channels = width << stage, size = 32 >> stage;
            using var y = Tensor.Parameter(device, [images, size, size, channels], Noise([images, size, size, channels]).ToArray());
            Tensor gamma = Tensor.Full(device, [channels], 1f), beta = Tensor.Full(device, [channels], 0f);
            var running = new RunningStatistics(Tensor.Full(device, [channels], 0f), Tensor.Full(device, [channels], 1f));
            string shape = $"T={timesteps} {images / timesteps}x{size}x{size}x{channels}";
            double sites = y.Shape.Size;

            // Forward reads y for the statistics and for the firing, and writes a byte. Backward reads y, dF and writes dX; reads y, dX for
            // the sums; reads y, dX and writes dY.
            Time("bn-lif forward", shape, 0, 9 * sites, () =>
                Ops.BatchNormLif(y, gamma, beta, running, true, null, new Neuron(), timesteps).Dispose());
            var dF = Noise(y.Shape);
            Time("bn-lif both ways", shape, 0, (9 + 32) * sites, () =>
            {
                using var tape = new Tape();
                using var spikes = Ops.BatchNormLif(y, gamma, beta, running, true, null, new Neuron(), timesteps);
                tape.Backward(spikes, dF);
                y.ClearGradient();
            });
        }
    }

    private void Sgd()
    {
        using var scope = device.Scope();
        const int count = 1 << 24;
        using var weight = Tensor.Parameter(device, [count], new float[count]);
        var velocity = Tensor.Full(device, [count], 0f);
        using var gate = new UpdateGate(device);
        using (var tape = new Tape()) tape.Backward(Ops.Scale(weight, 1f), velocity);
        var spec = new SgdSpec(0.1f, 0.9f, 1e-4f, false);
        Time("sgd", $"{count} parameters", 0, 20.0 * count, () => Ops.SgdStep(weight, velocity, gate, spec));
    }

    private void AdamW()
    {
        using var scope = device.Scope();
        const int count = 1 << 24;
        using var weight = Tensor.Parameter(device, [count], new float[count]);
        var slot = new AdamWSlot(weight, Tensor.Full(device, [count], 0f), Tensor.Full(device, [count], 0f));
        using (var tape = new Tape()) tape.Backward(Ops.Scale(weight, 1f), slot.First);
        using var gate = new UpdateGate(device);
        using var timer = new AdamWTimer(device, 0.9, 0.999);
        timer.Advance(gate);
        Time("adamw", $"{count} parameters", 0, 28.0 * count, () =>
            Ops.AdamWStep(slot, timer, gate, new AdamWSpec(0.1f, 0.999f, 1e-3f, 1e-8f, 1e-2f)));
    }

    private Tensor Noise(Shape shape)
    {
        var values = new float[shape.Size];
        for (int i = 0; i < values.Length; i++) values[i] = (2f * HostPhilox.Uniform(1, 0, (uint)i)) - 1f;
        return Tensor.From(device, shape, values);
    }

    private void Time(string op, string shape, double flops, double bytes, Action run)
    {
        double seconds = Peaks.Median(device, run);
        timings.Add(flops > 0
            ? new OpTiming(op, shape, seconds * 1e3, flops / seconds / 1e9, "GFLOP/s", flops / seconds / 1e9 / peak)
            : new OpTiming(op, shape, seconds * 1e3, bytes / seconds / 1e9, "GB/s", bytes / seconds / 1e9 / copy));
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(OpBenchmarkResult))]
internal sealed partial class OpBenchmarkJson : JsonSerializerContext;
