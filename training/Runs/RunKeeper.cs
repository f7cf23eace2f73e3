using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Idsnn.Engine;
using Idsnn.Models;

namespace Idsnn.Runs;

/// <summary>Keeps a run's files up to date while one of its networks is trained, and tells how it goes.</summary>
/// <param name="folder">The files; null keeps nothing.</param>
/// <param name="finished">The run's networks that are done with.</param>
/// <param name="describe">What a checkpoint says of itself.</param>
/// <param name="log">Takes a line for each epoch.</param>
/// <param name="epochs">Epochs in all.</param>
/// <param name="trainImages">Images of an epoch.</param>
/// <param name="teacher">What the network learns under, or null.</param>
internal sealed class RunKeeper(
    RunFolder? folder, IReadOnlyList<FinishedNetwork> finished, Func<INetwork, EpochResult, CheckpointInfo> describe, Action<string> log,
    int epochs, int trainImages, INetwork? teacher) : ITrainingMonitor
{
    private static readonly TimeSpan ReportEvery = TimeSpan.FromSeconds(1), LookEvery = TimeSpan.FromSeconds(10);

    private readonly string? teacherHash = folder is null || teacher is null ? null : Hash(teacher);
    private readonly Stopwatch sinceSave = Stopwatch.StartNew(), sinceReport = Stopwatch.StartNew(), sinceLook = new();
    private int imagesReported;
    private double imagesPerSecond, testSeconds;

    public required TimeSpan SaveEvery { get; init; }

    public required IProgress<TrainingProgress>? Progress { get; init; }

    public bool WantsActivity => Progress is not null && (!sinceLook.IsRunning || sinceLook.Elapsed >= LookEvery);

    /// <summary>Takes the network to where the run stood.</summary>
    public void Resume(TrainingState state, RunPosition position, SafetensorsFile tensors)
    {
        if (position.TeacherHash != teacherHash)
        {
            throw new InvalidDataException(
                $"{state.Network} was learning under a teacher with other weights; "
                + $"give {RunSettings.TeacherCheckpoint} that the run began with");
        }

        state.Load(position.Current, tensors);
        imagesReported = position.Current.Sums.Images;
        log(state.Step == 0
            ? $"{state.Network}: going on after epoch {state.Epoch}"
            : $"{state.Network}: going on in epoch {state.Epoch + 1} after step {state.Step}");
    }

    /// <summary>Saves the state, if there is anything in it to go on from.</summary>
    public void Save(TrainingState state)
    {
        sinceSave.Restart();
        if (folder is null || (finished.Count == 0 && state is { Epoch: 0, Step: 0 })) return;
        var (current, file) = state.Save();
        new RunPosition([.. finished], current, teacherHash).Into(file);
        folder.SaveState(file);
    }

    public void StepDone(TrainingState state, int stepsPerEpoch, double learningRate)
    {
        if (WantsActivity) sinceLook.Restart();
        if (SaveEvery > TimeSpan.Zero && sinceSave.Elapsed >= SaveEvery) Save(state);
        if (sinceReport.Elapsed >= ReportEvery) Report(state, stepsPerEpoch, learningRate);
    }

    public void EpochDone(TrainingState state, EpochResult result)
    {
        testSeconds = result.Seconds - (result.Train.Images / result.ImagesPerSecond);
        imagesReported = 0;
        sinceReport.Restart();
        log(Line(state.Network, result));
        if (folder is null) return;
        bool best = state.Results.SkipLast(1).All(earlier => result.Test.Accuracy > earlier.Test.Accuracy);
        using (state.UseAverage())
        {
            folder.Save(state.Network, Checkpoint.Pack(state.Model, describe(state.Model, result)), best ? ["last", "best"] : ["last"]);
        }

        folder.Append(state.Network, result);
        Save(state);
    }

    private void Report(TrainingState state, int steps, double learningRate)
    {
        // Read whether or not anybody looks: it is how a loss that is not finite is found before the epoch is over.
        var sums = state.ReadSums();
        double now = (sums.Images - imagesReported) / sinceReport.Elapsed.TotalSeconds;
        imagesPerSecond = imagesPerSecond == 0 ? now : (0.7 * imagesPerSecond) + (0.3 * now);
        imagesReported = sums.Images;
        sinceReport.Restart();
        long imagesLeft = ((long)(epochs - state.Epoch) * trainImages) - sums.Images;
        Progress?.Report(new TrainingProgress(
            state.Network, state.Epoch + 1, epochs, state.Step, steps, sums.Means, learningRate, imagesPerSecond,
            state.Activity?.FiringRate, state.Model.Device.Memory.ReservedBytes,
            TimeSpan.FromSeconds((imagesLeft / imagesPerSecond) + ((epochs - state.Epoch) * testSeconds))));
    }

    private string Line(string name, EpochResult e) => string.Create(
        CultureInfo.InvariantCulture,
        $"{name} {e.Epoch}/{epochs}: loss {e.Train.Loss:F3} ({e.Train.Terms}), train {e.Train.Accuracy:P2}, "
        + $"test {e.Test.Accuracy:P2}, lr {e.LearningRate:G3}, {e.ImagesPerSecond:F1} images/s, {e.Seconds:F1} s");

    private static string Hash(INetwork model)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (_, tensor) in model.Save().OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            hash.AppendData(
                tensor.Floats is null ? MemoryMarshal.AsBytes(tensor.Integers.AsSpan()) : MemoryMarshal.AsBytes(tensor.Floats.AsSpan()));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
