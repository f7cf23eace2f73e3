using System.Text.Encodings.Web;
using System.Text.Json;
using Idsnn.Engine;

namespace Idsnn.Training;

/// <summary>
/// Where a run leaves what it did: config.json, metrics.csv, log.txt, results.json, and in checkpoints/ the last and the best weights of
/// its networks and the state that it can be resumed from. A folder made for a run that comes to no result goes again when it is disposed.
/// </summary>
public sealed class RunFolder : IDisposable
{
    private const string StateName = "state.safetensors", PreviousName = "state-previous.safetensors";

    // As people read it: × and + as they are, not by their numbers.
    private static readonly RunJson Json =
        new(new JsonSerializerOptions(RunJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    private readonly string about;
    private readonly string? made;
    private readonly List<string> written = [];
    private readonly List<EpochRow> rows = [];
    private bool hasResults;

    /// <summary>Makes the folder and sees whether it can be written to; what is in it stays until a result replaces it.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="about">The network that the run is about; its checkpoints are called last and best, others' have its name before.</param>
    /// <exception cref="ArgumentException">It holds a run already.</exception>
    /// <exception cref="IOException">It cannot be made or written to.</exception>
    public RunFolder(string path, string about = "student")
        : this(path, about, resumed: false)
    {
    }

    private RunFolder(string path, string about, bool resumed)
    {
        Path = path;
        this.about = about;
        hasResults = resumed;
        if (!resumed && File.Exists(In(RunRecord.ConfigFile)))
        {
            throw new ArgumentException($"the output folder '{path}' holds a run already; go on with it by --resume, or choose another");
        }

        made = Missing(path);
        try
        {
            Directory.CreateDirectory(path);
            using var probe = File.Create(In(".probe"), 1, FileOptions.DeleteOnClose);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Dispose();
            throw new IOException($"the output folder '{path}' cannot be made or written to ({e.Message}); choose another", e);
        }
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Whether there is something in it to go on from, or to look at.</summary>
    public bool HasResults => hasResults;

    private string State => Checkpoint(StateName);

    private string PreviousState => Checkpoint(PreviousName);

    /// <summary>Opens the folder of a run that is to go on; it stays, whatever comes of it.</summary>
    /// <exception cref="IOException">It cannot be written to.</exception>
    public static RunFolder Reopen(string path, string about) => new(path, about, resumed: true);

    /// <summary>A network's checkpoint.</summary>
    /// <param name="network">teacher, student, …</param>
    /// <param name="which">last or best.</param>
    public string CheckpointFile(string network, string which) =>
        Checkpoint((network == about ? which : $"{network}-{which}") + ".safetensors");

    /// <summary>Writes config.json.</summary>
    public void Write(RunConfig config) => WriteText(RunRecord.ConfigFile, JsonSerializer.Serialize(config, Json.RunConfig));

    /// <summary>Writes results.json, which says that the run is finished.</summary>
    public void Write(RunResults results)
    {
        WriteText(RunRecord.ResultsFile, JsonSerializer.Serialize(results, Json.RunResults));
        hasResults = true;
    }

    /// <summary>Makes a finished run one that is not.</summary>
    public void Unfinish()
    {
        File.Delete(In(RunRecord.ResultsFile));
        File.Delete(In(RunRecord.ReportFile));
    }

    /// <summary>Adds a line to log.txt.</summary>
    public void Log(string line)
    {
        try
        {
            string file = In("log.txt");
            if (!File.Exists(file)) written.Add(file);
            File.AppendAllText(file, line + "\n");
        }
        catch (IOException)
        {
            // A disk that is full ends the run where something is lost by it; the log is on the screen too.
        }
    }

    /// <summary>Writes the network's checkpoint under each of these names.</summary>
    public void Save(string network, SafetensorsFile checkpoint, params ReadOnlySpan<string> names)
    {
        Directory.CreateDirectory(Checkpoint(string.Empty));
        foreach (string name in names) checkpoint.Save(CheckpointFile(network, name));
        hasResults = true;
    }

    /// <summary>Writes a file beside the run's own, to be looked at.</summary>
    /// <returns>Its path.</returns>
    public string Keep(string name, SafetensorsFile file)
    {
        file.Save(In(name));
        hasResults = true;
        return In(name);
    }

    /// <summary>Adds an epoch to metrics.csv.</summary>
    public void Append(EpochRow row)
    {
        rows.Add(row);
        WriteRows();
        hasResults = true;
    }

    /// <summary>Writes the state that the run can be resumed from; the one before it stays until the next.</summary>
    public void SaveState(SafetensorsFile state)
    {
        Directory.CreateDirectory(Checkpoint(string.Empty));
        string next = State + ".next";
        state.Save(next);
        if (File.Exists(State)) File.Move(State, PreviousState, overwrite: true);
        File.Move(next, State, overwrite: true);
        hasResults = true;
    }

    /// <summary>
    /// Reads the state to go on from and takes metrics.csv back to it. Where the newest is damaged it is the one before it; null where
    /// the run was ended before it left any.
    /// </summary>
    /// <param name="note">Takes a line about what is damaged.</param>
    /// <exception cref="InvalidDataException">All are damaged.</exception>
    public (RunPosition Position, SafetensorsFile Tensors)? LoadState(Action<string> note)
    {
        Exception? damage = null;
        foreach (string path in (string[])[State, PreviousState])
        {
            if (!File.Exists(path)) continue;
            try
            {
                var file = SafetensorsFile.Load(path);
                var position = RunPosition.From(file, path);
                rows.Clear();
                rows.AddRange(position.Rows);
                if (rows.Count > 0) WriteRows();
                if (damage is not null) note($"{damage.Message}; going on from {path}, which is older");
                return (position, file);
            }
            catch (InvalidDataException e)
            {
                damage ??= e;
            }
        }

        if (damage is not null) throw new InvalidDataException($"{damage.Message}; there is no other state to go on from", damage);
        return null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (hasResults) return;
        if (made is not null && Directory.Exists(made)) Directory.Delete(made, recursive: true);
        else foreach (string file in written) File.Delete(file);
    }

    private string In(string file) => System.IO.Path.Combine(Path, file);

    private string Checkpoint(string file) => System.IO.Path.Combine(Path, "checkpoints", file);

    private void WriteRows() =>
        DurableFile.Write(In(RunRecord.MetricsFile), string.Concat(rows.Select(row => row.ToCsv() + "\n").Prepend(EpochRow.Header + "\n")));

    private void WriteText(string file, string text)
    {
        written.Add(In(file));
        DurableFile.Write(In(file), text + "\n");
    }

    /// <summary>The outermost folder on the way that is not there yet; null where the whole path is.</summary>
    private static string? Missing(string path)
    {
        string? missing = null;
        for (string? at = System.IO.Path.GetFullPath(path); at is not null && !System.IO.Path.Exists(at); at = System.IO.Path.GetDirectoryName(at))
        {
            missing = at;
        }

        return missing;
    }
}
