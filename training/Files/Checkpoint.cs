using System.Text.Json;
using System.Text.Json.Serialization;
using Idsnn.Engine;
using Idsnn.Models;

namespace Idsnn.Training;

/// <summary>What a checkpoint says of itself.</summary>
/// <param name="Model">The network, with its neuron and T.</param>
/// <param name="Dataset">The data set it was trained on.</param>
/// <param name="ClassNames">What its outputs mean.</param>
/// <param name="Normalization">How its images were normalised.</param>
/// <param name="Epoch">Epochs trained.</param>
/// <param name="Accuracy">Test accuracy at that epoch, 0 … 1.</param>
/// <param name="ImageSize">Height and width of its images.</param>
public sealed record CheckpointInfo(
    ModelSpec Model, string Dataset, IReadOnlyList<string> ClassNames, Normalization Normalization, int Epoch, double Accuracy,
    int ImageSize = 32);

/// <summary>
/// A network in a safetensors file: the state dict under PyTorch's names, and in the metadata key "idsnn" all that is needed to build
/// the network again.
/// </summary>
/// <param name="Info">What it is.</param>
/// <param name="State">Its state dict.</param>
public sealed record Checkpoint(CheckpointInfo Info, IReadOnlyDictionary<string, StoredTensor> State)
{
    private const string MetadataKey = "idsnn";

    /// <summary>Writes a network; the same network always gives the same bytes.</summary>
    public static void Save(string path, INetwork model, CheckpointInfo info) => Pack(model, info).Save(path);

    /// <summary>The file of a network.</summary>
    public static SafetensorsFile Pack(INetwork model, CheckpointInfo info)
    {
        var file = new SafetensorsFile();
        file.Metadata.Add(MetadataKey, JsonSerializer.Serialize(info, CheckpointJson.Default.CheckpointInfo));
        foreach (var (name, tensor) in model.Save()) file.Tensors.Add(name, tensor);
        return file;
    }

    /// <summary>Reads a checkpoint.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">
    /// It is corrupt, no checkpoint of this program, or its tensors are not those of the network that it describes, or no finite numbers;
    /// seen before anything is allocated for the network.
    /// </exception>
    public static Checkpoint Load(string path)
    {
        if (!File.Exists(path)) throw new FileNotFoundException($"checkpoint '{path}' is not there");
        var file = SafetensorsFile.Load(path);
        if (!file.Metadata.TryGetValue(MetadataKey, out string? json))
        {
            throw new InvalidDataException($"{path} holds tensors but no description of a network (metadata '{MetadataKey}')");
        }

        try
        {
            var info = JsonSerializer.Deserialize(json, CheckpointJson.Default.CheckpointInfo)
                ?? throw new JsonException("the description is empty");
            Validate(info);
            StateLayout.RequireFit(info.Model, file.Tensors);
            return new Checkpoint(info, file.Tensors);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{path}: {e.Message}", e);
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new InvalidDataException($"{path} describes no network that can be built: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    private static void Validate(CheckpointInfo info)
    {
        Complete.Require(info);
        info.Model.Validate();
        if (info.ClassNames.Count != info.Model.Classes)
        {
            throw new JsonException($"it names {info.ClassNames.Count} classes and has {info.Model.Classes} outputs");
        }

        if (info.Normalization.Mean.Length != info.Model.Channels || info.Normalization.Std.Length != info.Model.Channels
            || !info.Normalization.Mean.All(float.IsFinite) || !info.Normalization.Std.All(std => std > 0f && float.IsFinite(std)))
        {
            throw new JsonException($"its normalisation is not {info.Model.Channels} finite means and positive standard deviations");
        }

        if (info.ImageSize is < ModelSpec.MinImageSize or > ModelSpec.MaxImageSize)
        {
            throw new JsonException(
                $"its images are of {info.ImageSize} pixels a side, expected {ModelSpec.MinImageSize} to {ModelSpec.MaxImageSize}");
        }
    }

    /// <summary>Builds the network and loads the state.</summary>
    /// <param name="device">Where.</param>
    /// <param name="timesteps">Another T to run it at; null for its own.</param>
    /// <exception cref="InvalidDataException">The state does not fit the description.</exception>
    public INetwork Build(Device device, int? timesteps = null)
    {
        var model = Network.Create(
            device, Info.Model with { Timesteps = timesteps ?? Info.Model.Timesteps }, seed: null, normalization: Info.Normalization);
        try
        {
            model.Load(State);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(CheckpointInfo))]
internal sealed partial class CheckpointJson : JsonSerializerContext;
