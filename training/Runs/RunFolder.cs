using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Idsnn.Datasets;
using Idsnn.Engine;
using Idsnn.Models;
using Idsnn.Reports;

namespace Idsnn.Runs;

/// <summary>
/// Where a run leaves what it did: config.json, transfer.txt, metrics.csv, log.txt, results.json, TensorBoard's event files, and in
/// checkpoints/ the last and the best weights of its networks and the state that it can be resumed from. No other process can use the
/// folder meanwhile. A folder made for a run that comes to no result is deleted again when this is disposed.
/// </summary>
public sealed class RunFolder : IDisposable
{
    private const string StateName = "state.safetensors", PreviousName = "state-previous.safetensors", CheckpointFolder = "checkpoints";

    // As people read it: × and + as they are, not by their numbers.
    private static readonly RunJson Json =
        new(new JsonSerializerOptions(RunJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    private readonly string about;
    private readonly ClaimedFolder claim;
    private readonly List<string> written = [];
    private readonly List<EpochRow> rows = [];
    private readonly RunConfig? recorded;
    private List<string>? heldLines;
    private TransferReport? heldTransfer;
    private TensorBoardLog? board;

    /// <summary>Makes the folder of a new run; what is in it stays until a result replaces it.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="about">
    /// The network that the run is about; its checkpoints are called last and best, others' have its name before.
    /// </param>
    /// <exception cref="ArgumentException">It holds a run already.</exception>
    /// <exception cref="FolderInUseException">Another run is being written there.</exception>
    /// <exception cref="IOException">It cannot be made or written to.</exception>
    public RunFolder(string path, string about = "student")
        : this(path, about, null, resumes: false)
    {
        if (!File.Exists(In(RunRecord.ConfigFile))) return;
        claim.Dispose();
        throw new ArgumentException($"the output folder '{path}' holds a run already; resume that, or choose another");
    }

    private RunFolder(string path, string about, RunConfig? config, bool resumes)
    {
        (Path, this.about, recorded, HasResults) = (path, about, config, resumes);
        try
        {
            claim = new ClaimedFolder(path);
        }
        catch (Exception e) when (e is (IOException or UnauthorizedAccessException) and not FolderInUseException)
        {
            throw new IOException($"the output folder '{path}' cannot be made or written to ({e.Message}); choose another", e);
        }

        if (!resumes) return;
        heldLines = [];
        if (config is not null) board = new TensorBoardLog(In("tensorboard"), config);
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Whether something was trained that was written to it, or was to be.</summary>
    public bool HasResults { get; private set; }

    /// <summary>Whether it holds a state that the run can be resumed from.</summary>
    public bool HasState => File.Exists(State) || File.Exists(PreviousState);

    private string State => Checkpoint(StateName);

    private string PreviousState => Checkpoint(PreviousName);

    /// <summary>
    /// Opens the folder of a run that is to be resumed. Nothing in it changes before <see cref="Resume"/>: a run that turns out not to be
    /// resumable stays as it was.
    /// </summary>
    /// <param name="path">The folder.</param>
    /// <param name="about">The network that the run is about.</param>
    /// <param name="config">What config.json is to say of it from then on; null leaves that as it is.</param>
    /// <exception cref="FolderInUseException">The run is still at work, or is being resumed already.</exception>
    /// <exception cref="IOException">It cannot be written to.</exception>
    public static RunFolder Reopen(string path, string about, RunConfig? config = null) => new(path, about, config, resumes: true);

    /// <summary>
    /// Gives a finished run its report, where the process was killed between results.json and that, and deletes what such a process was in
    /// the middle of writing.
    /// </summary>
    /// <exception cref="FolderInUseException">The process is still at it.</exception>
    public static void Complete(string path)
    {
        // A killed process leaves its lock file; without it nothing is owed, and the run may be one that can only be read.
        string report = System.IO.Path.Combine(path, RunRecord.ReportFile);
        if (File.Exists(report) && !File.Exists(System.IO.Path.Combine(path, ClaimedFolder.LockFile))) return;
        using var folder = Reopen(path, string.Empty);
        folder.DeleteLeftovers();
        if (!File.Exists(report)) Report.Write([RunRecord.Load(path)], report);
    }

    /// <summary>A network's checkpoint.</summary>
    /// <param name="network">teacher, student, …</param>
    /// <param name="which">last or best.</param>
    public string CheckpointFile(string network, string which) =>
        Checkpoint((network == about ? which : $"{network}-{which}") + ".safetensors");

    /// <summary>Writes config.json.</summary>
    public void Write(RunConfig config)
    {
        WriteText(RunRecord.ConfigFile, JsonSerializer.Serialize(config, Json.RunConfig));
        board = new TensorBoardLog(In("tensorboard"), config);
    }

    /// <summary>Writes transfer.txt: where each tensor of the student came from.</summary>
    public void Write(TransferReport report)
    {
        // Nothing of a run that was started before changes until it is seen to resume.
        if (heldLines is not null) heldTransfer = report;
        else WriteText("transfer.txt", report.ToString());
    }

    /// <summary>Writes results.json, which says that the run is finished.</summary>
    /// <returns>A warning about what else of the run could not be written; null where all was.</returns>
    public string? Write(RunResults results)
    {
        string missing = string.Join(", ", board?.Complete() ?? []);
        WriteText(RunRecord.ResultsFile, JsonSerializer.Serialize(results, Json.RunResults));
        HasResults = true;
        return missing.Length == 0
            ? null
            : $"warning: TensorBoard's files of {missing} could not be written; metrics.csv has their numbers";
    }

    /// <summary>Writes results.json and the run's report.</summary>
    /// <returns>A warning about what else of the run could not be written; null where all was.</returns>
    public string? Finish(RunResults results)
    {
        string? warning = Write(results);

        // The page is made of what the files say, now and later alike.
        Report.Write([RunRecord.Load(Path)], In(RunRecord.ReportFile));
        return warning;
    }

    /// <summary>Adds a line to log.txt.</summary>
    public void Log(string line)
    {
        if (heldLines is not null)
        {
            heldLines.Add(line);
            return;
        }

        try
        {
            string file = In("log.txt");
            if (!File.Exists(file)) written.Add(file);
            Disk.Append(file, Encoding.UTF8.GetBytes(SafeText.Lines(line) + "\n"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A disk that is full ends the run where something is lost by it; the log is on the screen too.
        }
    }

    /// <summary>Writes the network's checkpoint under each of these names.</summary>
    /// <exception cref="FolderGoneException">The folder was deleted or moved.</exception>
    public void Save(string network, SafetensorsFile checkpoint, params ReadOnlySpan<string> names)
    {
        MakeCheckpoints();
        foreach (string name in names) checkpoint.Save(CheckpointFile(network, name));
    }

    /// <summary>Writes a file beside the run's own, to be looked at.</summary>
    /// <returns>Its path.</returns>
    /// <exception cref="FolderGoneException">The folder was deleted or moved.</exception>
    public string Keep(string name, SafetensorsFile file)
    {
        claim.RequireThere();
        file.Save(In(name));
        HasResults = true;
        return In(name);
    }

    /// <summary>Adds an epoch to metrics.csv and to TensorBoard's curves.</summary>
    /// <exception cref="FolderGoneException">The folder was deleted or moved.</exception>
    public void Append(string network, EpochResult result)
    {
        claim.RequireThere();
        HasResults = true;
        rows.Add(result.ToRow(network));
        WriteRows();
        board?.Append(network, result);
    }

    /// <summary>Writes the state that the run can be resumed from; the one before it stays until the next.</summary>
    /// <exception cref="FolderGoneException">The folder was deleted or moved.</exception>
    public void SaveState(SafetensorsFile state)
    {
        MakeCheckpoints();
        string next = State + ".next";
        state.Save(next);
        if (File.Exists(State)) Disk.Move(State, PreviousState);
        Disk.Move(next, State);
        Disk.SyncFolder(In(CheckpointFolder));
    }

    /// <summary>
    /// Reads the state to resume from; nothing is written. Where the newest is damaged it is the one before it; null where the run was
    /// ended before it left any.
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

    /// <summary>
    /// Makes the files those of a run that stands at a position: the run is no longer finished, config.json says what was asked for,
    /// metrics.csv and TensorBoard's curves end at the position, and what a killed process was in the middle of writing is deleted.
    /// </summary>
    /// <param name="position">Where the run stands; null for its beginning.</param>
    public void Resume(RunPosition? position)
    {
        if (heldLines is null) return;
        claim.RequireThere();
        DeleteLeftovers();
        Disk.Delete(In(RunRecord.ResultsFile));
        Disk.Delete(In(RunRecord.ReportFile));
        if (recorded is not null) WriteText(RunRecord.ConfigFile, JsonSerializer.Serialize(recorded, Json.RunConfig));
        IReadOnlyList<FinishedNetwork> networks = position?.Networks ?? [];
        rows.AddRange(networks.SelectMany(network => network.Results.Select(result => result.ToRow(network.Network))));
        if (rows.Count > 0) WriteRows();
        else Disk.Delete(In(RunRecord.MetricsFile));
        board?.Restore(networks);
        string[] lines = [.. heldLines];
        heldLines = null;
        foreach (string line in lines) Log(line);
        if (heldTransfer is not null) Write(heldTransfer);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            if (HasResults) return;
            foreach (string file in written) Disk.Delete(file);
            claim.Remove();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What is left is a folder without a result; how the run ended matters more.
        }
        finally
        {
            claim.Dispose();
        }
    }

    private string In(string file) => System.IO.Path.Combine(Path, file);

    private string Checkpoint(string file) => System.IO.Path.Combine(Path, CheckpointFolder, file);

    private void MakeCheckpoints()
    {
        claim.RequireThere();
        HasResults = true;
        Disk.CreateFolder(In(CheckpointFolder));
    }

    private void DeleteLeftovers()
    {
        foreach (string folder in (string[])[Path, In(CheckpointFolder)])
        {
            if (!Directory.Exists(folder)) continue;
            foreach (string file in Directory.EnumerateFiles(folder, "*" + DurableFile.TemporaryEnding)) Disk.Delete(file);
        }
    }

    private void WriteRows() =>
        DurableFile.Write(In(RunRecord.MetricsFile), string.Concat(EpochRow.ToCsv(rows).Select(line => line + "\n")));

    private void WriteText(string file, string text)
    {
        claim.RequireThere();
        written.Add(In(file));
        DurableFile.Write(In(file), text + "\n");
    }
}
