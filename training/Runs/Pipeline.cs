using System.Diagnostics;
using System.Globalization;
using Idsnn.Datasets;
using Idsnn.Engine;
using Idsnn.Models;

namespace Idsnn.Runs;

/// <summary>
/// The three steps of §3.3.2, each by itself: train a teacher, initialise a student from it, train the student while the teacher
/// distils into it. The caller strings them together, and does so again in the same way where a run is resumed: what is done already is
/// then read instead of trained.
/// </summary>
/// <param name="device">Where.</param>
/// <param name="dataset">What is learned.</param>
/// <param name="folder">Where checkpoints and metrics go; null keeps nothing.</param>
/// <param name="log">Takes one line at a time.</param>
/// <param name="cancellation">Stops between training steps, with the state saved.</param>
public sealed class Pipeline(Device device, Dataset dataset, RunFolder? folder, Action<string> log, CancellationToken cancellation)
{
    private readonly List<FinishedNetwork> finished = [];
    private readonly TrainingWarnings warnings = new(log);

    /// <summary>Where a resumed run goes on; null for a new one.</summary>
    public (RunPosition Position, SafetensorsFile Tensors)? From { get; init; }

    /// <summary>How often the state is saved within an epoch; it is saved after every epoch too.</summary>
    public TimeSpan SaveEvery { get; init; } = TimeSpan.FromMinutes(new RunSpec().CheckpointMinutes);

    /// <summary>Are told of every step and epoch, once the files are up to date.</summary>
    public IReadOnlyList<ITrainingMonitor> Monitors { get; init; } = [];

    /// <summary>Is told about once a second how training goes.</summary>
    public IProgress<TrainingProgress>? Progress { get; init; }

    /// <summary>Builds a network with random weights.</summary>
    /// <param name="spec">What.</param>
    /// <param name="seed">Of the weights.</param>
    /// <param name="gammaStart">Batch-norm's γ at the start.</param>
    public INetwork Build(ModelSpec spec, ulong seed, float gammaStart = 1f) =>
        Network.Create(device, spec, seed, gammaStart, Normalization);

    /// <summary>Whether an initialisation is logged tensor by tensor, and not by block.</summary>
    public bool Verbose { get; init; }

    /// <summary>
    /// Initialises the student from the teacher and logs what came from where; the run's folder keeps it of every tensor.
    /// </summary>
    public TransferReport Initialize(INetwork student, INetwork teacher, BlockMapping mapping, ShortcutInit shortcuts)
    {
        var report = AnnInitializer.Initialize(student, teacher, mapping, shortcuts);
        log(Verbose ? report.ToString() : report.Summary);
        folder?.Write(report);
        return report;
    }

    /// <summary>Trains a network: the teacher (without one of its own), a student under a teacher, or a student alone.</summary>
    /// <param name="name">The network's name in logs and files.</param>
    /// <param name="model">The network that learns.</param>
    /// <param name="teacher">The frozen teacher, or null.</param>
    /// <param name="options">How.</param>
    /// <exception cref="OperationCanceledException">It was cancelled; what was done is saved.</exception>
    /// <exception cref="ArithmeticException">The loss is no longer finite; what was saved before is kept.</exception>
    public TrainingResult Train(string name, INetwork model, INetwork? teacher, TrainingOptions options)
    {
        if (From is null) folder?.Resume(null);
        var result = From?.Position.Finished.FirstOrDefault(network => network.Network == name) is { } known
            ? Restore(model, known)
            : options.Epochs == 0
                ? SaveUntrained(name, model, options)
                : Learn(name, model, teacher, options);
        finished.Add(new FinishedNetwork(name, result.Epochs));
        return result;
    }

    private Normalization Normalization => new(dataset.Mean, dataset.Std);

    private TrainingResult Learn(string name, INetwork model, INetwork? teacher, TrainingOptions options)
    {
        using var state = new TrainingState(name, model, teacher, options);
        var keeper = new RunKeeper(folder, finished, Describe, log, options.Epochs, dataset.Train.Count, teacher)
        {
            SaveEvery = SaveEvery,
            Progress = Progress,
        };
        if (From is { } from && from.Position.Current.Network == name)
        {
            keeper.Resume(state, from.Position, from.Tensors);
            folder!.Resume(from.Position);
        }

        TrainingResult result;
        try
        {
            result = new Trainer(state, dataset, options, [keeper, warnings, .. Monitors], cancellation).Run();
        }
        catch (OperationCanceledException)
        {
            keeper.Save(state);
            throw;
        }
        catch (NonFiniteException e) when (folder is not null && e.Replay is { } replay)
        {
            throw new ArithmeticException($"{e.Message}; {Keep(e.FileName, replay)}", e);
        }

        log(string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: last accuracy {result.LastAccuracy:P2}, best {result.Best.Test.Accuracy:P2} (epoch {result.Best.Epoch})"));
        warnings.Ended(name, result);
        return result;
    }

    private string Keep(string name, SafetensorsFile batch)
    {
        try
        {
            return $"its batch is kept in {folder!.Keep(name, batch)}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"its batch could not be kept ({e.Message})";
        }
    }

    /// <summary>A network that an earlier part of a resumed run was done with.</summary>
    private TrainingResult Restore(INetwork model, FinishedNetwork known)
    {
        string file = folder!.CheckpointFile(known.Network, "last");
        var checkpoint = Checkpoint.Load(file);
        if (checkpoint.Info.Epoch != known.Results[^1].Epoch)
        {
            throw new InvalidDataException(
                $"{file} is of epoch {checkpoint.Info.Epoch}, where the run had epoch {known.Results[^1].Epoch}");
        }

        model.Load(checkpoint.State);
        log(string.Create(
            CultureInfo.InvariantCulture,
            $"{known.Network}: trained before, epoch {checkpoint.Info.Epoch}, accuracy {checkpoint.Info.Accuracy:P2}"));
        return new TrainingResult(known.Results);
    }

    private TrainingResult SaveUntrained(string name, INetwork model, TrainingOptions options)
    {
        var clock = Stopwatch.StartNew();
        var test = Evaluator.Evaluate(model, dataset, options.BatchSize, options.Seed, cancellation).RequireFinite(name, 0);
        var result = EpochResult.Untrained(test, clock.Elapsed.TotalSeconds);
        folder?.Save(name, Checkpoint.Pack(model, Describe(model, result)), "last");
        folder?.Append(name, result);
        log(string.Create(CultureInfo.InvariantCulture, $"{name}: untrained, accuracy {test.Accuracy:P2}"));
        return new TrainingResult([result]);
    }

    private CheckpointInfo Describe(INetwork model, EpochResult epoch) =>
        new(model.Spec, dataset.Name, dataset.ClassNames, Normalization, epoch.Epoch, epoch.Test.Accuracy, dataset.Train.Height);
}
