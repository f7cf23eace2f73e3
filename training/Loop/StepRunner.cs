using Idsnn.Datasets;
using Idsnn.Engine;
using Idsnn.Models;

namespace Idsnn.Training;

/// <summary>
/// Runs training steps. Full batches lie in buffers that are overwritten in place, and CUDA devices replay their steps as a graph; steps
/// that are looked at, the last of an epoch, and smaller batches are launched kernel by kernel.
/// </summary>
internal sealed class StepRunner : IDisposable
{
    private readonly TrainingState state;
    private readonly INetwork model;
    private readonly Device device;
    private readonly TrainingOptions options;
    private readonly StepGraph graph;
    private readonly ImageFeed feed;
    private readonly DrawNumber? draw;
    private readonly StatisticsBackup? backup;
    private Tensor? images;
    private Labels? labels;
    private float[] whole = [];
    private double gradientNorm;

    /// <param name="state">The network that learns.</param>
    /// <param name="dataset">What it learns.</param>
    /// <param name="options">How.</param>
    /// <exception cref="ArgumentException">The data do not fit the network.</exception>
    public StepRunner(TrainingState state, Dataset dataset, TrainingOptions options)
    {
        (this.state, this.options, model) = (state, options, state.Model);
        device = model.Device;
        DataFit.Require(model.Spec, dataset);
        if (state.OneStep.Teacher is { } teacher) DataFit.Require(teacher.Spec, dataset);

        graph = state.OneStep.Repeat(() => Learn(images!, labels!, looks: false, last: false));
        feed = new ImageFeed(device, dataset.Mean, dataset.Std);
        if (model.Spec.Encoder == Encoder.Poisson) draw = new DrawNumber(device);
        if (state.OneStep.Skips) backup = new StatisticsBackup(state.OneStep.State());
    }

    /// <summary>Runs one step; the device may still be at work on it afterwards.</summary>
    /// <param name="batch">What is learned from.</param>
    /// <param name="number">The step's, for the Poisson encoder.</param>
    /// <param name="learningRate">lr.</param>
    /// <param name="looks">Whether to see what spiking layers do.</param>
    /// <param name="last">Whether it is the epoch's last.</param>
    public void Run(Batch batch, ulong number, double learningRate, bool looks, bool last)
    {
        draw?.Set(number);
        state.OneStep.Optimizer.SetRate(learningRate);
        looks = model.Spec.IsSpiking && (looks || last);
        if (batch.Count == options.BatchSize)
        {
            Load(batch);
            if (looks || last || !state.OneStep.Optimizer.CanReplay) graph.RunOther(() => Learn(images!, labels!, looks, last));
            else graph.Run();
        }
        else
        {
            using var scope = device.Scope();
            using var few = LabelsOf(batch);
            var fewImages = feed.Load(batch);
            graph.RunOther(() => Learn(fewImages, few, looks, last));
        }

        bool skipped = Undoes();
        state.CountStep(batch.Count, skipped);
        if (last) state.FinishTraining(learningRate, skipped ? 0 : gradientNorm);
    }

    /// <summary>Runs a step again that was not finite, without its update.</summary>
    /// <param name="stopped">What was said of it.</param>
    /// <param name="batch">Its batch.</param>
    /// <param name="number">Its number, for the Poisson encoder.</param>
    /// <returns>The same with where it begins, and with what it takes to run the step once more.</returns>
    public NonFiniteException Explain(NonFiniteException stopped, Batch batch, ulong number)
    {
        draw?.Set(number);
        graph.RunOther(() =>
        {
            using var scope = device.Scope();
            using var classes = LabelsOf(batch);
            var pixels = feed.Load(batch);
            string first = NonFiniteStep.FindFirst(state.OneStep, model, pixels, classes, draw);
            stopped = stopped.With(first, NonFiniteStep.Pack(state.OneStep, pixels, batch, number));
        });
        return stopped;
    }

    public void Dispose()
    {
        graph.Dispose();
        feed.Dispose();
        draw?.Dispose();
        backup?.Dispose();
        images?.Dispose();
        labels?.Dispose();
    }

    /// <summary>Takes back what the last step changed beside the parameters, where steps may be skipped and it was.</summary>
    private bool Undoes()
    {
        if (backup is null) return false;
        bool skipped = state.UpdateWasLeftOut();
        if (skipped) backup.Restore();
        else backup.Keep();
        return skipped;
    }

    private Labels LabelsOf(Batch batch) => batch.Shares is null
        ? new Labels(device, batch.Labels)
        : new Labels(device, batch.Labels, batch.SecondLabels, batch.Shares);

    /// <summary>Puts a full batch in place of the one before; with shares of 1 where it is not mixed but others are.</summary>
    private void Load(Batch batch)
    {
        bool mixes = options.Augmentation.CutMix > 0f;
        if (images is null)
        {
            Shape shape = ImageFeed.ShapeOf(batch);
            images = Tensor.Persistent(device, shape, new float[shape.Size]);
            whole = [.. Enumerable.Repeat(1f, batch.Count)];
            labels = mixes ? new Labels(device, batch.Labels, batch.Labels, whole) : new Labels(device, batch.Labels);
        }

        feed.Load(batch, images);
        if (mixes) labels!.CopyFrom(batch.Labels, batch.SecondLabels ?? batch.Labels, batch.Shares ?? whole);
        else labels!.CopyFrom(batch.Labels);
    }

    private void Learn(Tensor batch, Labels classes, bool looks, bool last)
    {
        using var scope = device.Scope();
        using var probe = looks ? new ForwardProbe(model.Spec, countsInputs: false) : null;
        var losses = state.OneStep.Backward(batch, classes, draw, probe);
        var squaredNorm = state.OneStep.Update(losses, classes, wantsNorm: last);
        if (last) gradientNorm = Math.Sqrt(squaredNorm!.Item());
        if (probe is not null) state.Activity = NetworkActivity.Of(probe);
    }
}
