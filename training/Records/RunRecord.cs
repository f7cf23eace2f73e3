using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Idsnn.Training;

/// <summary>A run as its folder tells it.</summary>
/// <param name="Path">The folder.</param>
/// <param name="Config">config.json.</param>
/// <param name="Epochs">metrics.csv, in order.</param>
/// <param name="Results">results.json; null where the run has not ended.</param>
public sealed record RunRecord(string Path, RunConfig Config, IReadOnlyList<EpochRow> Epochs, RunResults? Results)
{
    /// <summary>The files of a run folder.</summary>
    public const string ConfigFile = "config.json", MetricsFile = "metrics.csv", ResultsFile = "results.json", ReportFile = "report.html";

    /// <summary>The folder's own name.</summary>
    public string Name => System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(Path)));

    /// <summary>Reads a run folder.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">It is no run's, or a file is damaged or cannot be read; the message names it.</exception>
    public static RunRecord Load(string path)
    {
        if (!Directory.Exists(path)) throw new DirectoryNotFoundException($"there is no run folder '{path}'");
        var config = Read(path, ConfigFile, text => Parse(text, RunJson.Default.RunConfig, config => config.Validate()))
            ?? throw new InvalidDataException($"'{path}' is no run's folder: it lacks {ConfigFile}");
        string metrics = System.IO.Path.Combine(path, MetricsFile);
        var epochs = Read(path, MetricsFile, text => EpochRow.Parse(text.TrimEnd('\n').Split('\n'), metrics)) ?? [];
        return new RunRecord(
            path, config, epochs, Read(path, ResultsFile, text => Parse(text, RunJson.Default.RunResults, results => results.Validate())));
    }

    private static T? Read<T>(string folder, string file, Func<string, T> parse)
        where T : class
    {
        string path = System.IO.Path.Combine(folder, file);
        if (!System.IO.Path.Exists(path)) return null;
        try
        {
            return parse(TextFile.Read(path));
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new InvalidDataException($"{path} is damaged: {e.Message.ReplaceLineEndings(" ")}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{path} cannot be read: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    private static T Parse<T>(string text, JsonTypeInfo<T> type, Action<T> validate)
        where T : class
    {
        var record = JsonSerializer.Deserialize(text, type) ?? throw new JsonException("it holds nothing");
        Complete.Require(record);
        validate(record);
        return record;
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, UseStringEnumConverter = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(RunConfig))]
[JsonSerializable(typeof(RunResults))]
internal sealed partial class RunJson : JsonSerializerContext;
