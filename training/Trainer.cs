using Idsnn.Datasets;
using Idsnn.Engine;
using Idsnn.Models;

namespace Idsnn.Training;

/// <summary>How one network is trained. The defaults are the paper's (§4.1).</summary>
/// <param name="Epochs">Passes over the train set.</param>
/// <param name="BatchSize">Images per step.</param>
/// <param name="Schedule">The learning rate.</param>
/// <param name="Sgd">The optimizer.</param>
/// <param name="Objective">The loss.</param>
/// <param name="Augmentation">Of the train images.</param>
/// <param name="Seed">Of data order, augmentation and the Poisson encoder.</param>
/// <param name="Workers">Threads that prepare batches; they do not change them.</param>
/// <param name="AverageDecay">
/// Decay of the moving average of weights that is tested and kept (<see cref="WeightAverage"/>); 0: the weights themselves are.
/// </param>
/// <param name="OnNonFinite">What happens at a step whose loss or gradients are not finite.</param>
public sealed record TrainingOptions(
    int Epochs, int BatchSize, LearningRateSchedule Schedule, SgdOptions Sgd, Objective Objective, Augmentation Augmentation, ulong Seed,
    int Workers, float AverageDecay = 0f, OnNonFinite OnNonFinite = OnNonFinite.Stop);

/// <summary>Is told how a training goes.</summary>
public interface ITrainingMonitor
{
    /// <summary>Whether the coming step is to see what the spiking layers do; the last step of an epoch always does.</summary>
    bool WantsActivity => false;

    /// <summary>A step is queued; the device may still be at work on it.</summary>
    void StepDone(TrainingState state, int stepsPerEpoch, double learningRate);

    /// <summary>An epoch was trained and tested.</summary>
    void EpochDone(TrainingState state, EpochResult result);
}

/// <summary>Trains a network, with or without a teacher, from wherever its state stands.</summary>
public sealed class Trainer
{
    private readonly TrainingState state;
    private readonly Dataset dataset;
    private readonly TrainingOptions options;
    private readonly IReadOnlyList<ITrainingMonitor> monitors;
    private readonly CancellationToken cancellation;
    private readonly BatchLoader loader;
    private readonly INetwork? teacher;

    /// <summary>Prepares to train.</summary>
    /// <param name="state">The network that learns, and how far it is.</param>
    /// <param name="teacher">The frozen teacher; null without distillation.</param>
    /// <param name="dataset">What it learns.</param>
    /// <param name="options">How.</param>
    /// <param name="monitors">Are told of steps and epochs, in order.</param>
    /// <param name="cancellation">Stops between steps, and between batches of a test; the state is sound then.</param>
    public Trainer(
        TrainingState state, INetwork? teacher, Dataset dataset, TrainingOptions options, IReadOnlyList<ITrainingMonitor> monitors,
        CancellationToken cancellation = default)
    {
        (this.state, this.teacher, this.dataset, this.options) = (state, teacher, dataset, options);
        (this.monitors, this.cancellation) = (monitors, cancellation);
        loader = new BatchLoader(dataset.Train, options.BatchSize, options.Augmentation, shuffle: true, options.Seed, options.Workers);
    }

    /// <summary>Runs the epochs that are left.</summary>
    /// <exception cref="ArithmeticException">The loss is no longer finite; the message says where that begins.</exception>
    public TrainingResult Run()
    {
        using var steps = new StepRunner(state, teacher, dataset, options);
        state.StartClock();
        while (state.Epoch < options.Epochs)
        {
            if (state.Trained is null) TrainEpoch(steps);
            EpochResult result;
            using (state.UseAverage()) result = state.FinishEpoch(Evaluator.Evaluate(state.Model, dataset, options.BatchSize, options.Seed, cancellation));
            foreach (var monitor in monitors) monitor.EpochDone(state, result);
        }

        state.KeepAverage();
        return new TrainingResult(state.Results);
    }

    /// <summary>Trains a network from its start.</summary>
    /// <param name="model">The network that learns.</param>
    /// <param name="teacher">The frozen teacher; null without distillation.</param>
    /// <param name="dataset">What it learns.</param>
    /// <param name="options">How.</param>
    /// <param name="monitors">Are told of steps and epochs, in order.</param>
    /// <exception cref="ArithmeticException">The loss is no longer finite.</exception>
    public static TrainingResult Train(
        INetwork model, INetwork? teacher, Dataset dataset, TrainingOptions options, params IReadOnlyList<ITrainingMonitor> monitors)
    {
        using var state = new TrainingState("network", model, options.Sgd, options.AverageDecay);
        return new Trainer(state, teacher, dataset, options, monitors).Run();
    }

    private void TrainEpoch(StepRunner steps)
    {
        try
        {
            RunSteps(steps);
        }
        catch (NonFiniteException stopped)
        {
            var batch = loader.EpochFrom(state.Epoch, stopped.Step - 1).First();
            throw steps.Explain(stopped, batch, Number(batch));
        }
    }

    private void RunSteps(StepRunner steps)
    {
        int count = loader.BatchesPerEpoch;
        foreach (var batch in loader.EpochFrom(state.Epoch, state.Step))
        {
            cancellation.ThrowIfCancellationRequested();
            double rate = options.Schedule.At(state.Epoch, batch.Index, count);
            steps.Run(batch, Number(batch), rate, looks: monitors.Any(monitor => monitor.WantsActivity), last: batch.Index == count - 1);
            foreach (var monitor in monitors) monitor.StepDone(state, count, rate);
        }
    }

    /// <summary>Of the step that learns from a batch of the epoch at hand.</summary>
    private ulong Number(Batch batch) => ((ulong)state.Epoch * (ulong)loader.BatchesPerEpoch) + (ulong)batch.Index;
}
