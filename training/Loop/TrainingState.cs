using System.Diagnostics;
using Idsnn.Engine;
using Idsnn.Models;

namespace Idsnn.Training;

/// <summary>
/// Everything that changes while a network is trained; a training that goes on from a saved state ends with the same bytes as one that
/// was never interrupted. Random numbers need no place in it: they are functions of the seed, the epoch and the step.
/// </summary>
public sealed class TrainingState : IDisposable
{
    private const string ModelPrefix = "model.", AveragePrefix = "average.";

    private readonly WeightAverage? average;
    private readonly List<EpochResult> results = [];
    private readonly Stopwatch clock = new();
    private double secondsBefore;

    /// <summary>The start of a training.</summary>
    /// <param name="network">The network's name: teacher, student.</param>
    /// <param name="model">The network; it stays the caller's.</param>
    /// <param name="teacher">The frozen network it learns from, which stays the caller's; null without distillation.</param>
    /// <param name="options">How it is trained.</param>
    /// <exception cref="ArgumentException">The objective distils and there is no teacher.</exception>
    public TrainingState(string network, INetwork model, INetwork? teacher, TrainingOptions options)
    {
        Network = network;
        Model = model;
        OneStep = new TrainingStep(model, teacher, options.Objective, options.Update, options.Seed);
        average = options.AverageDecay > 0f ? new WeightAverage(model, options.AverageDecay, [.. OneStep.Objective.State()]) : null;
    }

    /// <summary>The network's name.</summary>
    public string Network { get; }

    /// <summary>The network that learns.</summary>
    public INetwork Model { get; }

    /// <summary>What a step of the training is.</summary>
    internal TrainingStep OneStep { get; }

    /// <summary>Epochs done.</summary>
    public int Epoch => results.Count;

    /// <summary>Steps done of the epoch at hand.</summary>
    public int Step { get; private set; }

    /// <summary>What the steps of the epoch at hand came to, once they are all done and the test is left.</summary>
    public EpochTraining? Trained { get; private set; }

    /// <summary>Steps of the epoch at hand that were skipped since they were not finite.</summary>
    public int SkippedSteps => Sums.Skipped;

    /// <summary>Whether the last step was.</summary>
    public bool WasSkipped { get; private set; }

    /// <summary>What the spiking layers did when they were last looked at; null before, and for an ordinary network.</summary>
    public NetworkActivity? Activity { get; internal set; }

    /// <summary>Of the epochs done.</summary>
    public IReadOnlyList<EpochResult> Results => results;

    /// <summary>Seconds spent on the epoch at hand.</summary>
    public double Seconds => secondsBefore + clock.Elapsed.TotalSeconds;

    /// <summary>Waits for the device and reads the sums of the epoch at hand.</summary>
    /// <exception cref="ArithmeticException">A loss, a gradient or an update was not finite.</exception>
    public MetricTotals ReadSums()
    {
        var totals = Sums.Read();

        // The sums tell of an update only with the step after it.
        int wrong = totals.NotFinite == 0 && OneStep.Optimizer.Gate.Read().IsBroken ? Step : totals.NotFinite;
        return wrong == 0 ? totals : throw new NonFiniteException(Network, Epoch + 1, wrong);
    }

    /// <summary>Copies the state to the host.</summary>
    /// <exception cref="ArithmeticException">A loss, a gradient or an update was not finite: such a state is not worth keeping.</exception>
    public (TrainingPosition Position, SafetensorsFile Tensors) Save()
    {
        var file = new SafetensorsFile();
        var position = new TrainingPosition(Network, [.. results], Step, ReadSums(), Seconds, Trained);
        foreach (var (name, tensor) in Model.Save()) file.Tensors.Add(ModelPrefix + name, tensor);
        foreach (var entry in OneStep.Objective.State()) file.Tensors.Add(entry.Name, entry.Save());
        foreach (var (name, tensor) in average?.Save() ?? []) file.Tensors.Add(AveragePrefix + name, tensor);
        foreach (var (name, slot) in OneStep.Optimizer.State) file.Tensors.Add(name, new StoredTensor(slot.Shape, slot.ToArray()));
        return (position, file);
    }

    /// <summary>Goes on from a saved state.</summary>
    /// <exception cref="InvalidDataException">It is another network's.</exception>
    public void Load(TrainingPosition position, SafetensorsFile tensors)
    {
        Model.Load(Under(ModelPrefix, tensors));
        average?.Load(Under(AveragePrefix, tensors));
        foreach (var entry in OneStep.Objective.State()) entry.Load(Elements(tensors, entry.Name, entry.Shape, "objective"));
        foreach (var (name, slot) in OneStep.Optimizer.State) slot.CopyFrom(Elements(tensors, name, slot.Shape, "optimizer"));

        results.Clear();
        results.AddRange(position.Results);
        (Step, Trained, secondsBefore) = (position.Step, position.Trained, position.Seconds);
        Sums.Set(position.Sums, position.Step);
        clock.Reset();
    }

    /// <summary>Gives the network the average of its weights, where one is kept, until the returned value is disposed.</summary>
    public IDisposable? UseAverage() => average?.Apply();

    /// <inheritdoc/>
    public void Dispose()
    {
        OneStep.Dispose();
        average?.Dispose();
    }

    internal void StartClock() => clock.Start();

    /// <summary>Ends the training: the network keeps the average of its weights, where there is one.</summary>
    internal void KeepAverage() => _ = average?.Apply();

    /// <summary>The elements of a tensor that a state holds where the training has the same objective and optimizer.</summary>
    private static float[] Elements(SafetensorsFile tensors, string name, Shape shape, string owner)
    {
        if (!tensors.Tensors.ContainsKey(name))
        {
            throw new InvalidDataException(
                $"the state holds no '{name}': it was saved with another {owner}; resume the training with the one that it began with");
        }

        var stored = tensors.Floats(name);
        return stored.Shape == shape
            ? stored.Floats!
            : throw new InvalidDataException($"the state's '{name}' is {stored.Shape}, expected {shape}");
    }

    private static Dictionary<string, StoredTensor> Under(string prefix, SafetensorsFile file) => file.Tensors
        .Where(tensor => tensor.Key.StartsWith(prefix, StringComparison.Ordinal))
        .ToDictionary(tensor => tensor.Key[prefix.Length..], tensor => tensor.Value);

    private MetricSums Sums => OneStep.Sums!;

    /// <summary>Waits for the device and sees whether the last update was left out.</summary>
    internal bool UpdateWasLeftOut() => !OneStep.Optimizer.Gate.Read().IsOpen;

    /// <summary>What a step ends with on the host and for the average of weights.</summary>
    /// <param name="images">Images of the step.</param>
    /// <param name="skipped">Whether it was not finite, and changes nothing.</param>
    internal void CountStep(int images, bool skipped)
    {
        Step++;
        WasSkipped = skipped;
        if (skipped)
        {
            Sums.Skipped++;
            return;
        }

        Sums.Images += images;
        average?.Update();
    }

    /// <summary>Ends the training steps of the epoch at hand.</summary>
    internal void FinishTraining(double learningRate, double gradientNorm)
    {
        var totals = ReadSums();
        if (totals.Skipped == Step)
        {
            throw new ArithmeticException(
                $"{Network}: every step of epoch {Epoch + 1} was skipped, since its loss or gradients are not finite; "
                + $"lower {RunSettings.Rate}");
        }

        Trained = new EpochTraining(learningRate, totals.Means, totals.Images / Seconds, Activity?.FiringRate ?? 0, gradientNorm);
    }

    /// <summary>Ends the epoch at hand.</summary>
    internal EpochResult FinishEpoch(Metrics test)
    {
        test.RequireFinite(Network, Epoch + 1);
        var (rate, metrics, imagesPerSecond, firing, norm) = Trained!;
        var result = new EpochResult(Epoch + 1, rate, metrics, test, imagesPerSecond, Seconds, firing, norm);
        results.Add(result);
        (Step, Trained, secondsBefore) = (0, null, 0);
        Sums.Set(MetricTotals.None, 0);
        clock.Restart();
        return result;
    }
}
