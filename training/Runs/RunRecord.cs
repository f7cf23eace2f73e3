using System.Globalization;
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

/// <summary>One line of metrics.csv; it holds nothing that differs between two runs of one seed on one device.</summary>
/// <param name="Network">teacher or student.</param>
/// <param name="Epoch">From 1.</param>
/// <param name="LearningRate">Of the epoch's last step.</param>
/// <param name="TrainLoss">The whole loss, mean over the epoch.</param>
/// <param name="TrainCrossEntropy">Its cross-entropy.</param>
/// <param name="TrainDistillation">Its KL term before α·T².</param>
/// <param name="TrainAccuracy">0 … 1.</param>
/// <param name="TestLoss">Cross-entropy on the test set.</param>
/// <param name="TestAccuracy">0 … 1.</param>
/// <param name="FiringRate">Spikes per neuron and time-step at the epoch's last training step; 0 for an ordinary network.</param>
/// <param name="GradientNorm">Of all parameters together, at the epoch's last step.</param>
public sealed record EpochRow(
    string Network, int Epoch, double LearningRate, double TrainLoss, double TrainCrossEntropy, double TrainDistillation,
    double TrainAccuracy, double TestLoss, double TestAccuracy, double FiringRate, double GradientNorm)
{
    /// <summary>The first line of metrics.csv.</summary>
    public const string Header =
        "network,epoch,lr,train_loss,train_ce,train_kl,train_accuracy,test_loss,test_accuracy,firing_rate,gradient_norm";

    /// <summary>The line without its end.</summary>
    public string ToCsv() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Network},{Epoch},{LearningRate:G6},{TrainLoss:G9},{TrainCrossEntropy:G9},{TrainDistillation:G9},{TrainAccuracy:G9},"
        + $"{TestLoss:G9},{TestAccuracy:G9},{FiringRate:G6},{GradientNorm:G6}");

    /// <summary>Reads metrics.csv; a last line that was cut off is left out.</summary>
    /// <exception cref="InvalidDataException">Another line does not parse.</exception>
    public static IReadOnlyList<EpochRow> Parse(IReadOnlyList<string> lines, string file)
    {
        if (lines is [] or [""]) return [];
        if (lines[0].TrimEnd('\r') != Header) throw new InvalidDataException($"{file} does not begin with '{Header}'");
        var rows = new List<EpochRow>();
        for (int i = 1; i < lines.Count; i++)
        {
            if (TryParse(lines[i].Split(',')) is { } row) rows.Add(row);
            else if (i < lines.Count - 1) throw new InvalidDataException($"{file}: line {i + 1} is damaged");
        }

        return rows;
    }

    /// <summary>The row; null where the cells are none.</summary>
    private static EpochRow? TryParse(string[] cells)
    {
        var culture = CultureInfo.InvariantCulture;
        if (cells.Length != Header.Split(',').Length || !int.TryParse(cells[1], NumberStyles.None, culture, out int epoch)) return null;
        double[] v = new double[cells.Length - 2];
        for (int i = 0; i < v.Length; i++)
        {
            if (!double.TryParse(cells[i + 2], NumberStyles.Float, culture, out v[i])) return null;
            if (double.IsFinite(v[i]) && Math.Abs(v[i]) > float.MaxValue) return null;
        }

        return new(cells[0], epoch, v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8]);
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, UseStringEnumConverter = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(RunConfig))]
[JsonSerializable(typeof(RunResults))]
internal sealed partial class RunJson : JsonSerializerContext;
