using System.Text.Json;
using System.Text.Json.Serialization;
using Idsnn.Engine;

namespace Idsnn.Training;

/// <summary>Where the training of one network stands: what of its state is no tensor.</summary>
/// <param name="Network">The network's name.</param>
/// <param name="Results">Of its epochs done.</param>
/// <param name="Step">Steps done of the epoch at hand.</param>
/// <param name="Sums">Of those steps.</param>
/// <param name="Seconds">Spent on the epoch at hand.</param>
/// <param name="Trained">What the epoch's steps came to, where they are all done and the test is left.</param>
public sealed record TrainingPosition(
    string Network, IReadOnlyList<EpochResult> Results, int Step, MetricTotals Sums, double Seconds, EpochTraining? Trained);

/// <summary>A network of a run that is done with.</summary>
/// <param name="Network">Its name.</param>
/// <param name="Results">Of its epochs.</param>
public sealed record FinishedNetwork(string Network, IReadOnlyList<EpochResult> Results);

/// <summary>Where a run stands, in its file checkpoints/state.safetensors.</summary>
/// <param name="Finished">The networks trained before the one at hand, whose weights are in their last checkpoints.</param>
/// <param name="Current">The network at hand.</param>
/// <param name="TeacherHash">SHA-256 of the weights it learns under; null without a teacher.</param>
public sealed record RunPosition(IReadOnlyList<FinishedNetwork> Finished, TrainingPosition Current, string? TeacherHash)
{
    private const string MetadataKey = "idsnn-run";

    /// <summary>The networks trained so far, the one at hand the last.</summary>
    [JsonIgnore]
    public IReadOnlyList<FinishedNetwork> Networks => [.. Finished, new FinishedNetwork(Current.Network, Current.Results)];

    /// <summary>Whether a file is a run's state rather than a network's checkpoint.</summary>
    public static bool IsIn(SafetensorsFile file) => file.Metadata.ContainsKey(MetadataKey);

    /// <summary>Reads it from the file that holds the tensors too.</summary>
    /// <exception cref="InvalidDataException">The file holds none, a damaged one, or tensors that are no finite numbers.</exception>
    public static RunPosition From(SafetensorsFile file, string path)
    {
        if (!file.Metadata.TryGetValue(MetadataKey, out string? json))
        {
            throw new InvalidDataException($"{path} holds tensors but no state of a run (metadata '{MetadataKey}')");
        }

        try
        {
            var position = JsonSerializer.Deserialize(json, PositionJson.Default.RunPosition)
                ?? throw new JsonException("it holds nothing");
            Complete.Require(position, finite: false);
            if (position.Finished.Any(network => network.Results.Count == 0))
            {
                throw new JsonException("a network that is done with has no epoch");
            }

            foreach (var (name, tensor) in file.Tensors) tensor.RequireNumbers(name);
            return position;
        }
        catch (Exception e) when (e is JsonException or InvalidDataException)
        {
            throw new InvalidDataException($"{path}: the state of the run is damaged: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    /// <summary>Writes it into the file that holds the tensors.</summary>
    public void Into(SafetensorsFile file) => file.Metadata[MetadataKey] = JsonSerializer.Serialize(this, PositionJson.Default.RunPosition);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(RunPosition))]
internal sealed partial class PositionJson : JsonSerializerContext;
