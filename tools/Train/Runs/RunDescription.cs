using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Idsnn.Datasets;
using Idsnn.Engine;
using Idsnn.Models;
using Idsnn.Training;

namespace Idsnn.Tools.Train;

/// <summary>What config.json and results.json say of a run.</summary>
internal static class RunDescription
{
    private static readonly string[] Paths = ["data-path", "teacher-checkpoint", "student-checkpoint"];

    public static RunConfig Config(TrainVerb options, TrainPlan plan, Device device, IReadOnlyList<string> arguments) => new(
        Invocation.Version,
        Invocation.Commit,
        DateTimeOffset.Now.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture),
        arguments,
        new RunDevice(device.Info.Id, device.Info.Name),
        new RunDataset(plan.Dataset.Name, plan.Dataset.Train.Count, plan.Dataset.Test.Count, plan.Dataset.ClassNames, Checksum(plan.Dataset)),
        plan.Teacher,
        plan.Student,
        OptionsOf(options, plan),
        plan.SavedTeacher?.Info.Accuracy);

    /// <summary>SHA-256 over pixels and labels.</summary>
    public static string Checksum(Dataset dataset)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var set in (ImageSet[])[dataset.Train, dataset.Test])
        {
            hash.AppendData(set.Pixels);
            hash.AppendData(MemoryMarshal.AsBytes(set.Labels.AsSpan()));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public static NetworkResult Result(string name, ModelSpec spec, int imageSize, TrainingResult result) => new(
        name, spec.Name, spec.Width, spec.Timesteps, ModelSummary.Of(spec, imageSize).Parameters, result.Epochs[^1].Epoch,
        result.LastAccuracy, result.Best.Test.Accuracy, result.Best.Epoch);

    public static StageTime Time(string stage, TrainingResult result)
    {
        var trained = result.Epochs.Where(epoch => epoch.Epoch > 0).ToList();
        double images = trained.Sum(epoch => epoch.Train.Images), seconds = trained.Sum(epoch => epoch.Train.Images / epoch.ImagesPerSecond);
        return new StageTime(stage, result.Epochs.Sum(epoch => epoch.Seconds), seconds > 0 ? images / seconds : 0);
    }

    /// <summary>Every option with the value that held, so that the file does for --config what the command line did.</summary>
    public static SortedDictionary<string, string> Options(TrainVerb options)
    {
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var option in new OptionTable("train", [typeof(TrainVerb)]).All.Where(option => !option.IsNotForFiles))
        {
            if (option.ValueIn(options) is not { Length: > 0 } value) continue;
            values.Add(option.Name, Paths.Contains(option.Name) && Path.Exists(value) ? Path.GetFullPath(value) : value);
        }

        return values;
    }

    private static SortedDictionary<string, string> OptionsOf(TrainVerb options, TrainPlan plan)
    {
        var values = Options(options);

        // Else a pipeline's teacher would follow the student where that is resumed for more epochs.
        if (plan is { Stage: TrainStage.Pipeline, SavedTeacher: null }) values["teacher-epochs"] = Text(options.TeacherTraining.Epochs);
        return values;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
