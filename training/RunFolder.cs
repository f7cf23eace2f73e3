using System.Globalization;
using Idsnn.Models;

namespace Idsnn.Training;

/// <summary>
/// Where a run leaves its results: metrics.csv and, per network, NAME/last.safetensors and NAME/best.safetensors. A folder made for a
/// run that comes to no result goes again when it is disposed.
/// </summary>
public sealed class RunFolder : IDisposable
{
    private const string Header = "network,epoch,lr,train_loss,train_ce,train_kl,train_accuracy,test_loss,test_accuracy";

    private readonly string? made;
    private bool hasMetrics, hasResults;

    /// <summary>Makes the folder and sees whether it can be written to; what is in it stays until a result replaces it.</summary>
    /// <exception cref="IOException">It cannot be made or written to.</exception>
    public RunFolder(string path)
    {
        Path = path;
        made = Missing(path);
        try
        {
            Directory.CreateDirectory(path);
            using var probe = File.Create(System.IO.Path.Combine(path, ".probe"), 1, FileOptions.DeleteOnClose);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Dispose();
            throw new IOException($"the output folder '{path}' cannot be made or written to ({e.Message}); choose another", e);
        }
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    private string MetricsFile => System.IO.Path.Combine(Path, "metrics.csv");

    /// <summary>A network's checkpoint.</summary>
    /// <param name="network">teacher, student, …</param>
    /// <param name="which">last or best.</param>
    public string CheckpointFile(string network, string which) => System.IO.Path.Combine(Path, network, $"{which}.safetensors");

    /// <summary>Writes a checkpoint.</summary>
    public void Save(string network, string which, ResNet model, CheckpointInfo info)
    {
        string file = CheckpointFile(network, which);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        Checkpoint.Save(file, model, info);
        hasResults = true;
    }

    /// <summary>Adds an epoch to metrics.csv; it holds nothing that differs between two runs of one seed.</summary>
    public void Append(string network, EpochResult e)
    {
        if (!hasMetrics) File.WriteAllText(MetricsFile, Header + "\n");
        hasMetrics = hasResults = true;
        File.AppendAllText(MetricsFile, string.Create(
            CultureInfo.InvariantCulture,
            $"{network},{e.Epoch},{e.LearningRate:G6},{e.Train.Loss:G9},{e.Train.CrossEntropy:G9},{e.Train.Distillation:G9},"
            + $"{e.Train.Accuracy:G9},{e.Test.Loss:G9},{e.Test.Accuracy:G9}\n"));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!hasResults && made is not null && Directory.Exists(made)) Directory.Delete(made, recursive: true);
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
