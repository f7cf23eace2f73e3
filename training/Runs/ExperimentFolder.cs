using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Idsnn.Engine;
using Idsnn.Reports;

namespace Idsnn.Runs;

/// <summary>
/// Where an experiment leaves what it found: results.json, results.csv with a line for each run, report.html. Its runs lie in runs/ beside
/// it, where other experiments of the same scale find those that they have in common.
/// </summary>
/// <param name="root">The folder of all experiments of a scale.</param>
/// <param name="name">The experiment.</param>
public sealed class ExperimentFolder(string root, string name)
{
    private const string CsvHeader =
        "row,variant,timesteps,seed,run,epochs,last_accuracy,best_accuracy,best_epoch,firing_rate,energy_uj,seconds";

    private static readonly ExperimentJson Json =
        new(new JsonSerializerOptions(ExperimentJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>The folder.</summary>
    public string Path { get; } = System.IO.Path.Combine(root, name);

    /// <summary>Where the runs are.</summary>
    public string Runs { get; } = System.IO.Path.Combine(root, "runs");

    /// <summary>The page.</summary>
    public string ReportFile => In(RunRecord.ReportFile);

    private string EvaluationFile => In("timesteps.csv");

    /// <summary>A run's folder.</summary>
    public string Run(string run) => System.IO.Path.Combine(Runs, run);

    /// <summary>The networks evaluated so far at several numbers of time-steps.</summary>
    public IReadOnlyList<TimestepEvaluation> LoadEvaluations() => TimestepEvaluation.Load(EvaluationFile);

    /// <summary>Writes them, in timesteps.csv.</summary>
    public void Write(IEnumerable<TimestepEvaluation> evaluations) =>
        WriteText(EvaluationFile, string.Concat(evaluations.Select(e => e.ToCsv() + "\n").Prepend(TimestepEvaluation.Header + "\n")));

    /// <summary>Writes results.json, results.csv and report.html, each whole or not at all.</summary>
    /// <param name="results">What was found.</param>
    /// <param name="runs">The runs by their names, finished or not.</param>
    public void Write(ExperimentResults results, IReadOnlyDictionary<string, RunRecord> runs)
    {
        WriteText(In(RunRecord.ResultsFile), JsonSerializer.Serialize(results, Json.ExperimentResults) + "\n");
        WriteText(In("results.csv"), Csv(results));
        Report.Write(results, runs, ReportFile);
    }

    private static string Csv(ExperimentResults results) => string.Concat(
        from cell in results.Cells
        from run in cell.Runs
        select string.Create(
            CultureInfo.InvariantCulture,
            $"{cell.Row},{cell.Variant},{cell.Timesteps},{run.Seed},{run.Run},{run.Epochs},{run.Last:G9},{run.Best:G9},{run.BestEpoch},"
            + $"{run.FiringRate:G6},{run.Microjoules:G6},{run.Seconds:F1}\n")).Insert(0, CsvHeader + "\n");

    private static void WriteText(string file, string text)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(file))!);
        DurableFile.Write(file, text);
    }

    private string In(string file) => System.IO.Path.Combine(Path, file);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(ExperimentResults))]
internal sealed partial class ExperimentJson : JsonSerializerContext;
