namespace Idsnn.Engine;

/// <summary>How one fast path compares with the portable kernels.</summary>
/// <param name="Path">The path.</param>
/// <param name="Case">What was computed.</param>
/// <param name="Error">The largest relative L2 difference of any result; not-a-number where it gave one.</param>
/// <param name="Failure">The device's complaint; null where it ran.</param>
public sealed record PathCheck(FastPath Path, string Case, double Error, string? Failure)
{
    /// <summary>The largest difference that rounding results to bf16 explains; in tf32 nothing is rounded, and far less is seen.</summary>
    public const double Bound = 1e-2;

    /// <summary>Whether the path may be used.</summary>
    public bool Passed => Failure is null && Error <= Bound;
}

/// <summary>
/// Compares each fast path of the device's precision with the portable kernels on small random data, both starting from the same bf16
/// numbers, so that what is left between them is the rounding of results.
/// </summary>
public static partial class SelfCheck
{
    // 3×3 and 1×1, strides 1 and 2, both widths of tile, sizes that leave tiles part empty.
    private static readonly Conv2DSpec[] Convolutions =
    [
        new(2, 6, 7, 32, 64, 3, 3, 1, 1), new(1, 7, 6, 64, 128, 3, 3, 2, 1), new(1, 8, 5, 128, 32, 1, 1, 2, 0),
    ];

    /// <summary>Runs every check of the paths that the device would use; none where it has no fast paths.</summary>
    public static IReadOnlyList<PathCheck> Run(Device device) => Run(device, Convolutions);

    /// <summary>The same with other convolutions.</summary>
    internal static IReadOnlyList<PathCheck> Run(Device device, IReadOnlyList<Conv2DSpec> convolutions)
    {
        var checks = new List<PathCheck>();
        if (device.Uses(FastPath.Uploads)) Uploads(device, checks);
        if (device.Uses(FastPath.Update)) Update(device, checks);
        if (device.Uses(FastPath.Graphs)) Graphs(device, checks);
        if (device.Precision == Precision.Full || device.Launcher.Plan.MatrixUnits == MatrixUnits.None) return checks;
        foreach (var spec in convolutions)
        {
            foreach (bool spikes in (ReadOnlySpan<bool>)[false, true]) Convolution(device, spec, spikes, checks);
        }

        if (!device.Uses(FastPath.Neurons)) return checks;
        foreach (int timesteps in (ReadOnlySpan<int>)[1, 4])
        {
            foreach (var residual in (ReadOnlySpan<ElementKind?>)[null, ElementKind.SpikeBits, ElementKind.BFloat16])
            {
                Neurons(device, timesteps, residual, once: false, new Neuron(), checks);
            }
        }

        Neurons(device, 4, null, once: true, new Neuron(), checks);
        return checks;
    }

    /// <summary>One neuron's check; the tests run others than the default.</summary>
    internal static void Neurons(
        Device device, int timesteps, ElementKind? residualKind, bool once, Neuron neuron, List<PathCheck> checks)
    {
        const int images = 2, size = 5, channels = 64;
        Shape folded = [timesteps * images, size, size, channels], shape = once ? [images, size, size, channels] : folded;
        string label = $"T={timesteps}{(once ? ", the same y at each" : string.Empty)}, "
            + (residualKind is { } kind ? $"residual in {kind}" : "no residual");
        Compare(device, FastPath.Neurons, label, checks, () =>
        {
            var y = Draw(device, shape, 1, ElementKind.BFloat16);
            var residual = residualKind is { } of ? Draw(device, folded, 2, of) : null;
            Tensor gamma = Draw(device, [channels], 3, ElementKind.Full), beta = Draw(device, [channels], 4, ElementKind.Full);
            var running = new RunningStatistics(Tensor.Full(device, [channels], 0f), Tensor.Full(device, [channels], 1f));
            var decay = neuron.TrainsDecay ? Tensor.Full(device, [1], neuron.Decay) : null;
            Tensor?[] trained = [y, residual, gamma, beta, decay];
            foreach (var tensor in trained) tensor?.Attach(new GradientSlot(tensor.Shape));
            using var tape = new Tape();
            var spikes = Ops.BatchNormLif(y, gamma, beta, running, true, residual, neuron, timesteps, once, decay: decay);
            float[] values = spikes.ToArray();
            tape.Backward(spikes, Draw(device, folded, 5, ElementKind.BFloat16));
            return
            [
                values, running.Mean.ToArray(), running.Variance.ToArray(),
                .. trained.OfType<Tensor>().Select(TakeGradient),
            ];
        });
    }

    private static void Uploads(Device device, List<PathCheck> checks) =>
        Compare(device, FastPath.Uploads, "thirty copies of one array that changes, some in several parts", checks, () =>
        {
            float[] numbers = new float[2_500_000];
            var copies = new List<Tensor>();
            for (int i = 0; i < 30; i++)
            {
                var part = numbers.AsSpan(0, i % 10 == 5 ? numbers.Length : 10_000 + i);
                part.Fill(i + 1);
                copies.Add(Tensor.From(device, [part.Length], part));
            }

            return [.. copies.Select(copy => copy.ToArray())];
        });

    private static void Update(Device device, List<PathCheck> checks) =>
        Compare(device, FastPath.Update, "two steps over three parameters", checks, () => [.. SgdSteps(device), .. AdamWSteps(device)]);

    private static void Graphs(Device device, List<PathCheck> checks) =>
        Compare(device, FastPath.Graphs, "a sum, run five times", checks, () =>
        {
            bool captures = device.Uses(FastPath.Graphs);
            Tensor one = Tensor.Full(device, [1000], 1f), sum = Tensor.Full(device, [1000], 0f);
            using var graph = new StepGraph(device, () =>
            {
                using var twice = Ops.AddInto(one, one, null);
                Ops.Accumulate(sum, twice);
            }, [sum]);
            for (int i = 0; i < 5; i++) graph.Run();
            return captures && !graph.Captured
                ? throw new InvalidOperationException("the driver refused to capture a graph")
                : [sum.ToArray()];
        });

    private static void Convolution(Device device, Conv2DSpec spec, bool spikes, List<PathCheck> checks)
    {
        bool packs = device.Precision == Precision.BFloat16;
        var numbers = packs ? ElementKind.BFloat16 : ElementKind.Full;
        var kind = !spikes ? numbers : packs ? ElementKind.SpikeBits : ElementKind.Spikes;
        string label = $"{spec.Label} of {(spikes ? "spikes" : "numbers")}{(packs ? string.Empty : " in tf32")}";
        Shape image = [spec.N, spec.H, spec.W, spec.Ci], weights = [spec.KH, spec.KW, spec.Ci, spec.Co];
        Shape result = [spec.N, spec.OH, spec.OW, spec.Co];
        Compare(device, FastPath.Convolution, label, checks, () =>
        [
            Ops.Conv2D(Draw(device, image, 1, kind), Draw(device, weights, 2, ElementKind.Full), null, spec.Stride, spec.Padding).ToArray(),
        ]);
        Compare(device, FastPath.WeightGradient, label, checks, () =>
        [
            Ops.Conv2DWeightGradient(
                Draw(device, image, 1, kind), Draw(device, result, 3, numbers), weights, spec.Stride, spec.Padding).ToArray(),
        ]);
        if (spikes) return;
        Compare(device, FastPath.InputGradient, label, checks, () =>
        [
            Ops.Conv2DInputGradient(
                Draw(device, result, 3, numbers), Draw(device, weights, 2, ElementKind.Full), image, spec.Stride,
                spec.Padding).ToArray(),
        ]);
    }

    private static void Compare(Device device, FastPath path, string label, List<PathCheck> checks, Func<float[][]> run)
    {
        bool on = device.Uses(path);
        try
        {
            float[][] fast, portable;
            using (device.Scope()) fast = run();
            device.Switch(path, on: false);
            using (device.Scope()) portable = run();
            checks.Add(new PathCheck(path, label, fast.Zip(portable, Error).Aggregate(0.0, Math.Max), null));
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            checks.Add(new PathCheck(path, label, double.NaN, e.GetBaseException().Message.ReplaceLineEndings(" ")));
        }
        finally
        {
            device.Switch(path, on);
        }
    }

    private static double Error(float[] fast, float[] portable)
    {
        double difference = 0, norm = 0;
        for (int i = 0; i < portable.Length; i++)
        {
            difference += Math.Pow((double)fast[i] - portable[i], 2);
            norm += Math.Pow(portable[i], 2);
        }

        return Math.Sqrt(difference / Math.Max(norm, 1e-30));
    }

    private static float[] TakeGradient(Tensor tensor)
    {
        float[] gradient = tensor.Gradient!.ToArray();
        tensor.ClearGradient();
        return gradient;
    }

    /// <summary>Eighths from −1 to 1, which bf16 holds exactly, or spikes at a rate of a third.</summary>
    private static Tensor Draw(Device device, Shape shape, ulong stream, ElementKind kind)
    {
        float[] values = new float[shape.Size];
        for (int i = 0; i < values.Length; i++)
        {
            float u = HostPhilox.Uniform(1, stream, (uint)i);
            values[i] = kind is ElementKind.SpikeBits or ElementKind.Spikes ? (u < 1f / 3 ? 1f : 0f) : MathF.Round((2f * u * 8f) - 8f) / 8f;
        }

        if (kind == ElementKind.Spikes)
        {
            var bytes = Tensor.EmptySpikes(device, shape);
            device.Upload(bytes.SpikeView.SubView(0, values.Length), [.. values.Select(value => (byte)value)]);
            return bytes;
        }

        using var numbers = Tensor.From(device, shape, values);
        if (kind == ElementKind.Full) return Tensor.Adopt(numbers);
        using var packed = kind == ElementKind.BFloat16 ? Ops.ToBFloat16(numbers) : Ops.ToBits(numbers);
        return Tensor.Adopt(packed);
    }
}
