using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using CommandLine;
using CommandLine.Text;
using Idsnn.Datasets;
using Idsnn.Training;

namespace Idsnn.Tools.Train;

[Verb("runs", HelpText = "List the runs of a folder and how good they got: runs [FOLDER].")]
internal sealed class RunsVerb : Verb
{
    [Value(0, MetaName = "FOLDER", HelpText = "(Default: runs) The folder that holds the runs' folders.")]
    public override IEnumerable<string> Operands { get; set; } = [];

    [Option("json", HelpText = "Print JSON.")]
    public bool Json { get; set; }

    public override int MaxOperands => 1;

    [Usage(ApplicationAlias = "dotnet run -c Release --project tools/Train --")]
    public static IEnumerable<Example> Examples =>
    [
        new("The runs in runs/, for a program", new RunsVerb { Operands = ["runs"], Json = true }),
    ];

    public override int Run(Session session)
    {
        string folder = Operands.FirstOrDefault() ?? "runs";
        var rows = Rows(folder);
        session.Log(
            Json ? JsonSerializer.Serialize(rows, RunRowJson.Default.IReadOnlyListRunRow)
            : rows.Count > 0 ? Table(rows)
            : Directory.Exists(folder) ? SafeText.Of($"no runs in '{folder}'")
            : SafeText.Of($"there is no folder '{folder}', so there are no runs"));
        return 0;
    }

    /// <summary>The runs, oldest first; a folder that is no run's is passed over, a damaged one is listed as such.</summary>
    private static IReadOnlyList<RunRow> Rows(string folder) => !Directory.Exists(folder) ? [] :
    [
        .. Directory.EnumerateDirectories(folder)
            .Where(run => Path.Exists(Path.Combine(run, RunRecord.ConfigFile)))
            .Select(Row).OrderBy(row => row.Date, StringComparer.Ordinal).ThenBy(row => row.Run, StringComparer.Ordinal),
    ];

    private static RunRow Row(string path)
    {
        try
        {
            var run = RunSummary.Of(RunRecord.Load(path));
            var asked = run.Student ?? run.Teacher;
            return new RunRow(
                run.Name, run.Finished ? "finished" : "unfinished", run.Started, run.Model?.Name, run.Dataset, asked?.Epochs ?? 0,
                asked?.Asked, run.Student?.LastAccuracy, run.Student?.BestAccuracy, run.TeacherAccuracy, run.Teacher?.BestAccuracy);
        }
        catch (InvalidDataException)
        {
            return new RunRow(Path.GetFileName(path), "damaged", string.Empty, null, string.Empty, 0, null, null, null, null, null);
        }
    }

    private static string Table(IReadOnlyList<RunRow> rows)
    {
        string[][] cells =
        [
            ["run", "model", "data", "epochs", "student", "best", "teacher", "best", "state", "started"],
            .. rows.Select(r => (string[])
            [
                r.Run, r.Model ?? "-", r.Data.Length > 0 ? r.Data : "-", r.Asked is { } asked ? $"{r.Epochs}/{asked}" : $"{r.Epochs}",
                Percent(r.StudentLast), Percent(r.StudentBest), Percent(r.TeacherLast), Percent(r.TeacherBest), r.State, Date(r.Date),
            ]),
        ];
        cells = [.. cells.Select(row => (string[])[.. row.Select(SafeText.Of)])];
        int[] widths = [.. Enumerable.Range(0, cells[0].Length).Select(column => cells.Max(row => row[column].Length))];
        var text = new StringBuilder();
        foreach (string[] row in cells)
        {
            // Numbers are aligned at their right.
            var padded = row.Zip(widths).Select((cell, column) =>
                column is >= 3 and <= 7 ? cell.First.PadLeft(cell.Second) : cell.First.PadRight(cell.Second));
            text.Append(string.Join("  ", padded).TrimEnd()).Append('\n');
        }

        return text.ToString().TrimEnd();
    }

    private static string Percent(double? share) => share is { } s ? s.ToString("P2", CultureInfo.InvariantCulture) : "-";

    private static string Date(string iso) => DateTime.TryParse(iso, CultureInfo.InvariantCulture, out var at)
        ? at.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)
        : "-";
}

/// <summary>A run in the list; accuracies 0 … 1, null where there are none.</summary>
internal sealed record RunRow(
    string Run, string State, string Date, string? Model, string Data, int Epochs, int? Asked, double? StudentLast, double? StudentBest,
    double? TeacherLast, double? TeacherBest);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(IReadOnlyList<RunRow>))]
internal sealed partial class RunRowJson : JsonSerializerContext;
