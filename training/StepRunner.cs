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
    private readonly ResNet model;
    private readonly Device device;
    private readonly TrainingOptions options;
    private readonly TrainingStep step;
    private readonly StepGraph graph;
    private readonly ImageFeed feed;
    private readonly DrawNumber? draw;
    private Tensor? images;
    private Labels? labels;
    private float[] whole = [];
    private double gradientNorm;

    /// <param name="state">The network that learns.</param>
    /// <param name="teacher">The frozen teacher; null without distillation.</param>
    /// <param name="dataset">What it learns.</param>
    /// <param name="options">How.</param>
    /// <exception cref="ArgumentException">The data set has more classes than the network.</exception>
    public StepRunner(TrainingState state, ResNet? teacher, Dataset dataset, TrainingOptions options)
    {
        (this.state, this.options, model) = (state, options, state.Model);
        device = model.Device;
        int label = dataset.Train.Labels.Max();
        if (label >= model.Spec.Classes)
        {
            throw new ArgumentException(
                $"the train set has label {label}, which is not below the {model.Spec.Classes} classes of the network");
        }

        step = new TrainingStep(model, teacher, options.Objective, options.Seed);
        graph = new StepGraph(
            device, () => Learn(images!, labels!, looks: false, last: false),
            [.. model.State().Select(entry => entry.Tensor).OfType<Tensor>()], model.CountBatch);
        feed = new ImageFeed(device, dataset.Mean, dataset.Std);
        if (model.Spec.Encoder == Encoder.Poisson) draw = new DrawNumber(device);
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
        state.SetRate(learningRate);
        looks = model.Spec.IsSpiking && (looks || last);
        if (batch.Count == options.BatchSize)
        {
            Load(batch);
            if (looks || last || !state.CanReplay) graph.RunOther(() => Learn(images!, labels!, looks, last));
            else graph.Run();
        }
        else
        {
            using var scope = device.Scope();
            using var few = batch.Shares is null
                ? new Labels(device, batch.Labels)
                : new Labels(device, batch.Labels, batch.SecondLabels, batch.Shares);
            var fewImages = feed.Load(batch);
            graph.RunOther(() => Learn(fewImages, few, looks, last));
        }

        state.CountStep(batch.Count);
        if (last) state.FinishTraining(learningRate, gradientNorm);
    }

    public void Dispose()
    {
        graph.Dispose();
        feed.Dispose();
        draw?.Dispose();
        images?.Dispose();
        labels?.Dispose();
    }

    /// <summary>Puts a full batch in place of the one before; with shares of 1 where it is not mixed but others are.</summary>
    private void Load(Batch batch)
    {
        bool mixes = options.Augmentation.CutMix > 0f;
        if (images is null)
        {
            Shape shape = [batch.Count, batch.Height, batch.Width, batch.Channels];
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
        var losses = step.Run(batch, classes, draw, probe);
        if (last) gradientNorm = Math.Sqrt(Ops.SquaredNorm([.. model.Parameters.Select(parameter => parameter.Gradient!)]).Item());
        state.Update(losses, classes);
        if (probe is not null) state.Activity = NetworkActivity.Of(probe);
    }
}
