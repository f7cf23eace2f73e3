using Idsnn.Datasets;
using Idsnn.Models;

namespace Idsnn.Training;

/// <summary>Trains a network, with or without a teacher, from wherever its state stands.</summary>
public sealed class Trainer
{
    private readonly TrainingState state;
    private readonly Dataset dataset;
    private readonly TrainingOptions options;
    private readonly IReadOnlyList<ITrainingMonitor> monitors;
    private readonly CancellationToken cancellation;
    private readonly BatchLoader loader;

    /// <summary>Prepares to train.</summary>
    /// <param name="state">The network that learns, what it learns from, and how far it is.</param>
    /// <param name="dataset">What it learns.</param>
    /// <param name="options">How.</param>
    /// <param name="monitors">Are told of steps and epochs, in order.</param>
    /// <param name="cancellation">Stops between steps, and between batches of a test; the state is sound then.</param>
    public Trainer(
        TrainingState state, Dataset dataset, TrainingOptions options, IReadOnlyList<ITrainingMonitor> monitors,
        CancellationToken cancellation = default)
    {
        (this.state, this.dataset, this.options) = (state, dataset, options);
        (this.monitors, this.cancellation) = (monitors, cancellation);
        loader = new BatchLoader(dataset.Train, options.BatchSize, options.Augmentation, shuffle: true, options.Seed, options.Workers);
    }

    /// <summary>Runs the epochs that are left.</summary>
    /// <exception cref="ArithmeticException">The loss is no longer finite; the message says where that begins.</exception>
    public TrainingResult Run()
    {
        using var steps = new StepRunner(state, dataset, options);
        state.StartClock();
        while (state.Epoch < options.Epochs)
        {
            if (state.Trained is null) TrainEpoch(steps);
            EpochResult result;
            using (state.UseAverage()) result = state.FinishEpoch(
                Evaluator.Evaluate(state.Model, dataset, options.BatchSize, options.Seed, cancellation));
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
        using var state = new TrainingState("network", model, teacher, options);
        return new Trainer(state, dataset, options, monitors).Run();
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
