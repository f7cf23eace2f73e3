using Idsnn.Engine;
using Idsnn.Models;

namespace Idsnn.Measure;

/// <summary>Records a trace of our own run, to be replayed on another device: how a new GPU, driver or backend is checked.</summary>
public static class TraceRecorder
{
    private const ulong ImageStream = 1, LabelStream = 2, WarmStream = 3;
    private const int WarmBatches = 4;

    /// <summary>Makes a start, inputs and, on <paramref name="device"/>, the expectations.</summary>
    public static SafetensorsFile Record(Device device, TraceOptions options)
    {
        var file = new SafetensorsFile();
        options.WriteTo(file);
        ulong seed = (ulong)options.Seed;
        using var student = Network.Create(device, options.Student, seed);
        using var teacher = options.Teacher is { } spec ? Network.Create(device, spec, seed + 1) : null;
        if (teacher is not null)
        {
            GiveStatistics(teacher, options);
            if (options.Mapping is { } mapping) AnnInitializer.Initialize(student, teacher, mapping, options.ShortcutInit);
            Append(file, "teacher.", teacher);
        }

        Append(file, "init.", student);
        Shape images = [options.Batch, ModelSpec.ImageChannels, options.Size, options.Size];
        for (int s = 0; s < options.Steps; s++)
        {
            file.Tensors.Add($"input.{s}", new StoredTensor(images, Noise(seed, ImageStream, s, images.Size)));
            long[] labels = [.. Enumerable.Range(s * options.Batch, options.Batch)
                .Select(i => (long)(HostPhilox.Uniform(seed, LabelStream, (uint)i) * options.Classes))];
            file.Tensors.Add($"label.{s}", new StoredTensor([options.Batch], labels));
        }

        foreach (var (name, tensor) in new TraceRunner(device, file).Run()) file.Tensors.Add(name, tensor);
        return file;
    }

    /// <summary>A teacher with running statistics of its own, so that its evaluation mode means something.</summary>
    private static void GiveStatistics(INetwork teacher, TraceOptions options)
    {
        Shape shape = [options.Batch, options.Size, options.Size, ModelSpec.ImageChannels];
        for (int i = 0; i < WarmBatches; i++)
        {
            using var scope = teacher.Device.Scope();
            teacher.Forward(Tensor.From(teacher.Device, shape, Noise((ulong)options.Seed, WarmStream, i, shape.Size)), Pass.Training);
        }
    }

    private static void Append(SafetensorsFile file, string prefix, INetwork model)
    {
        foreach (var (name, tensor) in model.Save()) file.Tensors.Add(prefix + name, tensor);
    }

    /// <summary>Uniform noise of variance 1.</summary>
    private static float[] Noise(ulong seed, ulong stream, int part, int count)
    {
        float half = MathF.Sqrt(3f);
        var values = new float[count];
        for (int i = 0; i < count; i++) values[i] = half * ((2f * HostPhilox.Uniform(seed, stream, (uint)((part * count) + i))) - 1f);
        return values;
    }
}
