using System.Globalization;
using Idsnn.Models;

namespace Idsnn.Training;

/// <summary>Where a run leaves its results: metrics.csv and, per network, NAME/last.safetensors and NAME/best.safetensors.</summary>
public sealed class RunFolder
{
    private const string Header = "network,epoch,lr,train_loss,train_ce,train_kl,train_accuracy,test_loss,test_accuracy";

    /// <summary>Makes the folder.</summary>
    /// <exception cref="IOException">It cannot be made or written to.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public RunFolder(string path)
    {
        Path = path;
        Directory.CreateDirectory(path);
        File.WriteAllText(MetricsFile, Header + "\n");
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
    }

    /// <summary>Adds an epoch to metrics.csv; it holds nothing that differs between two runs of one seed.</summary>
    public void Append(string network, EpochResult e) => File.AppendAllText(MetricsFile, string.Create(
        CultureInfo.InvariantCulture,
        $"{network},{e.Epoch},{e.LearningRate:G6},{e.Train.Loss:G9},{e.Train.CrossEntropy:G9},{e.Train.Distillation:G9},"
        + $"{e.Train.Accuracy:G9},{e.Test.Loss:G9},{e.Test.Accuracy:G9}\n"));
}
