using Idsnn.Engine;
using Idsnn.Models;

namespace Idsnn.Measure;

/// <summary>
/// Runs the training steps of a trace on one device. What it computes goes by the names under which a trace holds its expectations, so
/// that replaying is comparing and recording is writing.
/// </summary>
/// <param name="device">Where.</param>
/// <param name="trace">The options, start and inputs.</param>
public sealed class TraceRunner(Device device, SafetensorsFile trace)
{
    private readonly TraceOptions options = TraceOptions.Of(trace);

    /// <summary>Runs evaluation, every step and every update.</summary>
    /// <returns>expected.*, grad.* and final.* as this device computes them.</returns>
    public SortedDictionary<string, StoredTensor> Run()
    {
        var results = new SortedDictionary<string, StoredTensor>(StringComparer.Ordinal);
        using var student = Build(options.Student, "init.");
        using var teacher = options.Teacher is { } spec ? Build(spec, "teacher.") : null;
        using var step = new TrainingStep(student, teacher, options.Objective, options.Update, counts: false);
        step.Optimizer.SetRate(options.Lr);
        using (device.Scope())
        {
            Store(results, "expected.eval", student.Forward(Images(0), Pass.Evaluation));
        }

        var losses = new List<float>();
        for (int s = 0; s < options.Steps; s++)
        {
            using var scope = device.Scope();
            var images = Images(s);
            using var labels = new Labels(device, Labels(s, images.Shape[0]));
            var outcome = step.Backward(images, labels);
            Store(results, $"expected.logits.{s}", outcome.Logits);
            float[] terms = outcome.Terms.ToArray();
            losses.Add(outcome.Total.Item());
            losses.AddRange(options.Alpha > 0f ? terms : [terms[0], 0f, .. terms[1..]]);
            if (s == 0)
            {
                foreach (var entry in step.State().Where(entry => entry.IsParameter))
                {
                    results[$"grad.{entry.Name}"] = entry.SaveGradient();
                }
            }

            step.Update(outcome, labels);
        }

        results["expected.loss"] = new StoredTensor([options.Steps, losses.Count / options.Steps], [.. losses]);
        foreach (var (name, tensor) in student.Save()) results[$"final.{name}"] = tensor;
        foreach (var entry in step.Objective.State()) results[$"final.{entry.Name}"] = entry.Save();
        return results;
    }

    /// <summary>
    /// Initialises a student from the trace's teacher and compares it with the trace's start, the classifier and random shortcuts
    /// apart.
    /// </summary>
    /// <returns>The largest absolute difference; null where the trace's student was not initialised from its teacher.</returns>
    public double? CheckTransfer()
    {
        if (options.Mapping is not { } mapping) return null;
        using var teacher = Build(options.Teacher!, "teacher.");
        using var student = Network.Create(device, options.Student, seed: 0);
        var report = AnnInitializer.Initialize(student, teacher, mapping, options.ShortcutInit);
        var state = student.Save();
        double largest = 0;
        foreach (var transfer in report.Transfers.Where(t => t.Kind != TransferKind.Random))
        {
            float[] ours = state[transfer.Target].Floats!, theirs = trace.Floats($"init.{transfer.Target}").Floats!;
            for (int i = 0; i < ours.Length; i++) largest = Math.Max(largest, Math.Abs((double)ours[i] - theirs[i]));
        }

        return largest;
    }

    private static void Store(SortedDictionary<string, StoredTensor> results, string name, Tensor tensor) =>
        results[name] = new StoredTensor(tensor.Shape, tensor.ToArray());

    private INetwork Build(ModelSpec spec, string prefix)
    {
        var state = trace.Tensors
            .Where(t => t.Key.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(t => t.Key[prefix.Length..], t => t.Value);
        StateLayout.RequireFit(spec, state);
        var model = Network.Create(device, spec, seed: 0);
        try
        {
            model.Load(state);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private Tensor Images(int step)
    {
        var stored = trace.Floats($"input.{step}");
        if (stored.Shape.Rank != 4 || stored.Shape[1] != ModelSpec.ImageChannels || stored.Shape.Size == 0)
        {
            throw new InvalidDataException($"the trace's 'input.{step}' is {stored.Shape}, not [N, {ModelSpec.ImageChannels}, H, W]");
        }

        int n = stored.Shape[0], c = stored.Shape[1], h = stored.Shape[2], w = stored.Shape[3];
        return Tensor.From(device, [n, h, w, c], ToChannelsLast(stored.Floats!, n, c, h * w));
    }

    private int[] Labels(int step, int images) =>
        trace.Tensors.TryGetValue($"label.{step}", out var stored) && stored.Integers is { } labels && labels.Length == images
            ? [.. labels.Select(l => l >= 0 && l < options.Classes
                ? (int)l
                : throw new InvalidDataException($"the trace's 'label.{step}' has label {l}, expected 0 to {options.Classes - 1}"))]
            : throw new InvalidDataException($"the trace holds no int64 tensor 'label.{step}' with one label for each of {images} images");

    private static float[] ToChannelsLast(float[] planes, int n, int c, int pixels)
    {
        var result = new float[planes.Length];
        for (int i = 0; i < n; i++)
        {
            for (int k = 0; k < c; k++)
            {
                for (int p = 0; p < pixels; p++) result[(((i * pixels) + p) * c) + k] = planes[(((i * c) + k) * pixels) + p];
            }
        }

        return result;
    }
}
