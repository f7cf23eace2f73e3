using System.Text.Json;
using System.Text.Json.Serialization;
using Idsnn.Engine;

namespace Idsnn.Measure;

/// <summary>
/// How far a device is from a trace: for each group the largest relative L2 error ‖ours − theirs‖/‖theirs‖ of any of its tensors.
/// </summary>
/// <param name="Device">The device's name.</param>
/// <param name="Logits">Of the training-mode logits; at most 1e-5, in tf32 and bf16 2e-2.</param>
/// <param name="Gradients">Of the first step's gradients; at most 1e-4, in tf32 and bf16 not bounded.</param>
/// <param name="Weights">Of the final weights and statistics; at most 1e-5, in tf32 and bf16 not bounded.</param>
/// <param name="Loss">Of the losses; at most 1e-5, in tf32 and bf16 2e-2.</param>
/// <param name="Eval">Of the evaluation-mode logits; at most 1e-5, in tf32 and bf16 2e-2.</param>
/// <param name="Transfer">Largest absolute difference of the initialisation, which must be 0; null without one.</param>
/// <param name="Passed">Whether all bounds hold.</param>
public sealed record ReplayResult(
    string Device, double Logits, double Gradients, double Weights, double Loss, double Eval, double? Transfer, bool Passed)
{
    /// <summary>As one JSON object.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ReplayJson.Default.ReplayResult);
}

/// <summary>Replays recorded training steps and compares.</summary>
public static class TraceReplay
{
    private const double Bound = 1e-5, GradientBound = 1e-4, RoughBound = 2e-2;

    // A tensor that is zero but for rounding has no relative error.
    private const double NoNorm = 1e-12;

    /// <summary>Runs a trace on a device.</summary>
    /// <exception cref="InvalidDataException">The file is no trace, or not a whole one.</exception>
    public static ReplayResult Run(Device device, SafetensorsFile trace)
    {
        var runner = new TraceRunner(device, trace);
        var ours = runner.Run();
        double Worst(string prefix) => ours
            .Where(t => t.Key.StartsWith(prefix, StringComparison.Ordinal))
            .Select(t => Error(t.Key, t.Value, trace))
            .Aggregate(0.0, Math.Max); // LINQ's Max passes over NaN
        double logits = Worst("expected.logits."), gradients = Worst("grad."), weights = Worst("final."), loss = Worst("expected.loss"),
            eval = Worst("expected.eval");
        double? transfer = runner.CheckTransfer();
        bool full = device.Precision == Precision.Full;
        double bound = full ? Bound : RoughBound;
        bool passed = logits <= bound && loss <= bound && eval <= bound && transfer is null or 0
            && (full ? gradients <= GradientBound && weights <= Bound : double.IsFinite(gradients) && double.IsFinite(weights));
        return new ReplayResult(device.Info.Id, logits, gradients, weights, loss, eval, transfer, passed);
    }

    private static double Error(string name, StoredTensor ours, SafetensorsFile trace)
    {
        if (!trace.Tensors.TryGetValue(name, out var theirs) || theirs.Shape != ours.Shape)
        {
            throw new InvalidDataException($"the trace holds no tensor '{name}' of shape {ours.Shape}");
        }

        double difference = 0, norm = 0;
        for (int i = 0; i < ours.Shape.Size; i++)
        {
            double a = At(ours, i), b = At(theirs, i);
            difference += (a - b) * (a - b);
            norm += b * b;
        }

        // Not a number stays not a number, and passes no bound.
        return norm < NoNorm * NoNorm ? (difference < Bound * Bound ? 0 : double.PositiveInfinity) : Math.Sqrt(difference / norm);
    }

    private static double At(StoredTensor tensor, int i) => tensor.Floats is { } floats ? floats[i] : tensor.Integers![i];
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(ReplayResult))]
internal sealed partial class ReplayJson : JsonSerializerContext;
