using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

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
    /// <exception cref="InvalidDataException">It is no run's, or a file is damaged.</exception>
    public static RunRecord Load(string path)
    {
        if (!Directory.Exists(path)) throw new DirectoryNotFoundException($"there is no run folder '{path}'");
        var config = Read(path, ConfigFile, RunJson.Default.RunConfig)
            ?? throw new InvalidDataException($"'{path}' is no run's folder: it lacks {ConfigFile}");
        string metrics = System.IO.Path.Combine(path, MetricsFile);
        IReadOnlyList<EpochRow> epochs = File.Exists(metrics) ? EpochRow.Parse(File.ReadAllLines(metrics), metrics) : [];
        return new RunRecord(path, config, epochs, Read(path, ResultsFile, RunJson.Default.RunResults));
    }

    private static T? Read<T>(string folder, string file, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        string path = System.IO.Path.Combine(folder, file);
        if (!File.Exists(path)) return null;
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(path), type);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path} is damaged: {e.Message.ReplaceLineEndings(" ")}", e);
        }
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
        if (lines.Count == 0) return [];
        if (lines[0] != Header) throw new InvalidDataException($"{file} does not begin with '{Header}'");
        var rows = new List<EpochRow>();
        for (int i = 1; i < lines.Count; i++)
        {
            string[] cells = lines[i].Split(',');
            if (cells.Length == Header.Split(',').Length && TryNumbers(cells.AsSpan(1), out double[] v))
            {
                rows.Add(new(cells[0], (int)v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8], v[9]));
            }
            else if (i < lines.Count - 1)
            {
                throw new InvalidDataException($"{file}: line {i + 1} is damaged");
            }
        }

        return rows;
    }

    private static bool TryNumbers(ReadOnlySpan<string> cells, out double[] values)
    {
        values = new double[cells.Length];
        for (int i = 0; i < cells.Length; i++)
        {
            if (!double.TryParse(cells[i], NumberStyles.Float, CultureInfo.InvariantCulture, out values[i])) return false;
        }

        return true;
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, UseStringEnumConverter = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(RunConfig))]
[JsonSerializable(typeof(RunResults))]
internal sealed partial class RunJson : JsonSerializerContext;
