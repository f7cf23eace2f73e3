using System.Globalization;
using Idsnn.Engine;

namespace Idsnn.Runs;

/// <summary>
/// A run's curves for TensorBoard, over epochs. Each network has a folder of its own, so that its curves lie over the others', with one
/// event file, which is a function of the run's record: its points are the epochs', its times the run's start and the seconds that the
/// epochs took.
/// </summary>
/// <remarks>
/// Scalars are written as simple_value, without metadata: TensorBoard (2.x, both its readers) turns them into its scalars plugin's own. A
/// file that cannot be written does not end the run: the record is in the state and in metrics.csv, and a later call writes the file anew.
/// </remarks>
/// <param name="folder">The log folder of the run; it is made with the first epoch.</param>
/// <param name="config">What the run is.</param>
public sealed class TensorBoardLog(string folder, RunConfig config)
{
    private const string Pattern = "events.out.tfevents.*";

    private readonly DateTimeOffset start =
        DateTimeOffset.TryParse(config.Started, CultureInfo.InvariantCulture, out var started) ? started : DateTimeOffset.UnixEpoch;

    private readonly List<(string Network, EpochResult Result)> epochs = [];
    private readonly HashSet<string> incomplete = [];

    /// <summary>Adds an epoch's points; a network that is not trained has none.</summary>
    public void Append(string network, EpochResult result)
    {
        if (result.Epoch == 0) return;
        epochs.Add((network, result));
        bool isFirst = epochs.Count(epoch => epoch.Network == network) == 1;
        if (isFirst || incomplete.Contains(network)) Write(network, () => Rewrite(network));
        else Write(network, () => Disk.Append(FileOf(network), Points(epochs.Count - 1)));
    }

    /// <summary>Writes the files that could not be written when they should have been.</summary>
    /// <returns>The networks whose files still cannot be.</returns>
    public IReadOnlyCollection<string> Complete()
    {
        foreach (string network in incomplete.ToList()) Write(network, () => Rewrite(network));
        return incomplete;
    }

    /// <summary>Makes the files those of these epochs alone, whatever they held.</summary>
    /// <param name="networks">The run's networks so far, in order.</param>
    public void Restore(IEnumerable<FinishedNetwork> networks)
    {
        epochs.Clear();
        epochs.AddRange(
            networks.SelectMany(network => network.Results.Where(result => result.Epoch > 0).Select(result => (network.Network, result))));
        string[] old = Directory.Exists(folder) ? Directory.GetFiles(folder, Pattern, SearchOption.AllDirectories) : [];
        foreach (string file in old) Write(Path.GetFileName(Path.GetDirectoryName(file)!), () => Disk.Delete(file));
        foreach (string network in epochs.Select(epoch => epoch.Network).Distinct()) Write(network, () => Rewrite(network));
    }

    private void Rewrite(string network)
    {
        Disk.CreateFolder(Path.Combine(folder, network));
        var points = Enumerable.Range(0, epochs.Count).Where(i => epochs[i].Network == network).SelectMany(Points);
        byte[] file = [.. BoardRecord.Head(start), .. points];
        DurableFile.Write(FileOf(network), stream => stream.Write(file));
    }

    /// <summary>Readers take the files of a folder in the order of their names; there is one.</summary>
    private string FileOf(string network) => Path.Combine(
        folder, network, string.Create(CultureInfo.InvariantCulture, $"events.out.tfevents.{start.ToUnixTimeSeconds():D10}.idsnn"));

    private byte[] Points(int index)
    {
        var (network, result) = epochs[index];
        var time = start.AddSeconds(epochs.Take(index + 1).Sum(epoch => epoch.Result.Seconds));
        var records = new List<byte>();
        void Add(string tag, double value) => records.AddRange(BoardRecord.Scalar(tag, value, result.Epoch, time));
        Add("loss/train", result.Train.Loss);
        foreach (var term in result.Train.Terms.Where(term => term.Value != 0)) Add($"loss/train_{term.Term}", term.Value);
        Add("loss/test", result.Test.Loss);
        Add("accuracy/train", result.Train.Accuracy);
        Add("accuracy/test", result.Test.Accuracy);
        Add("optimizer/learning_rate", result.LearningRate);
        Add("optimizer/gradient_norm", result.GradientNorm);
        if ((network == "teacher" ? config.Teacher : config.Student) is { IsSpiking: true }) Add("spikes/firing_rate", result.FiringRate);
        Add("speed/images_per_second", result.ImagesPerSecond);
        return [.. records];
    }

    private void Write(string network, Action write)
    {
        try
        {
            write();
            incomplete.Remove(network);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            incomplete.Add(network);
        }
    }
}
