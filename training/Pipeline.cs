using System.Globalization;
using Idsnn.Datasets;
using Idsnn.Engine;
using Idsnn.Models;

namespace Idsnn.Training;

/// <summary>
/// The three steps of §3.3.2, each by itself: train a teacher, initialise a student from it, train the student while the teacher
/// distils into it. The caller strings them together.
/// </summary>
/// <param name="Device">Where.</param>
/// <param name="Dataset">What is learned.</param>
/// <param name="Folder">Where checkpoints and metrics go; null keeps nothing.</param>
/// <param name="Log">Takes one line at a time.</param>
/// <param name="Cancellation">Stops between training steps.</param>
public sealed record Pipeline(Device Device, Dataset Dataset, RunFolder? Folder, Action<string> Log, CancellationToken Cancellation)
{
    /// <summary>Builds a network with random weights.</summary>
    /// <param name="spec">What.</param>
    /// <param name="seed">Of the weights.</param>
    /// <param name="gammaStart">Batch-norm's γ at the start.</param>
    public ResNet Build(ModelSpec spec, ulong seed, float gammaStart = 1f) => new(Device, spec, seed, gammaStart, Normalization);

    /// <summary>Initialises the student from the teacher and logs what came from where.</summary>
    public TransferReport Initialize(ResNet student, ResNet teacher, BlockMapping mapping, ShortcutInit shortcuts)
    {
        var report = AnnInitializer.Initialize(student, teacher, mapping, shortcuts);
        Log(report.ToString());
        return report;
    }

    /// <summary>Trains a network: the teacher (without one of its own), a student under a teacher, or a student alone.</summary>
    /// <param name="name">The network's name in logs and folders.</param>
    /// <param name="model">The network that learns.</param>
    /// <param name="teacher">The frozen teacher, or null.</param>
    /// <param name="options">How.</param>
    public TrainingResult Train(string name, ResNet model, ResNet? teacher, TrainingOptions options)
    {
        if (options.Epochs == 0) return SaveUntrained(name, model, options);
        double best = double.NegativeInfinity;
        var result = Trainer.Train(
            model,
            teacher,
            Dataset,
            options,
            epoch =>
            {
                Log(Line(name, epoch, options.Epochs));
                Folder?.Append(name, epoch);
                Folder?.Save(name, "last", model, Describe(model, epoch));
                if (epoch.Test.Accuracy <= best) return;
                best = epoch.Test.Accuracy;
                Folder?.Save(name, "best", model, Describe(model, epoch));
            },
            Cancellation);
        Log(string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: last accuracy {result.LastAccuracy:P2}, best {result.Best.Test.Accuracy:P2} (epoch {result.Best.Epoch})"));
        return result;
    }

    private Normalization Normalization => new(Dataset.Mean, Dataset.Std);

    private static string Line(string name, EpochResult e, int epochs)
    {
        string kl = e.Train.Distillation > 0 ? FormattableString.Invariant($", kl {e.Train.Distillation:F3}") : string.Empty;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{name} {e.Epoch}/{epochs}: loss {e.Train.Loss:F3} (ce {e.Train.CrossEntropy:F3}{kl}), train {e.Train.Accuracy:P2}, "
            + $"test {e.Test.Accuracy:P2}, lr {e.LearningRate:G3}, {e.ImagesPerSecond:F1} images/s, {e.Seconds:F1} s");
    }

    private TrainingResult SaveUntrained(string name, ResNet model, TrainingOptions options)
    {
        var test = Evaluator.Evaluate(model, Dataset, options.BatchSize, options.Seed, Cancellation);
        var epoch = new EpochResult(0, 0, new Metrics(0, 0, 0, 0, 0), test, 0, 0);
        Folder?.Append(name, epoch);
        Folder?.Save(name, "last", model, Describe(model, epoch));
        Log(string.Create(CultureInfo.InvariantCulture, $"{name}: untrained, accuracy {test.Accuracy:P2}"));
        return new TrainingResult([epoch]);
    }

    private CheckpointInfo Describe(ResNet model, EpochResult epoch) =>
        new(model.Spec, Dataset.Name, Dataset.ClassNames, Normalization, epoch.Epoch, epoch.Test.Accuracy);
}
