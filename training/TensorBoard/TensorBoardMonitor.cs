namespace Idsnn.Training;

/// <summary>Gives TensorBoard a training's curves, over epochs; each network has a folder of its own, so that they lie over each other.</summary>
/// <param name="folder">The log folder of the run.</param>
public sealed class TensorBoardMonitor(string folder) : ITrainingMonitor, IDisposable
{
    private readonly Dictionary<string, TensorBoardWriter> writers = [];

    /// <inheritdoc/>
    public void StepDone(TrainingState state, int stepsPerEpoch, double learningRate)
    {
    }

    /// <inheritdoc/>
    public void EpochDone(TrainingState state, EpochResult result)
    {
        if (!writers.TryGetValue(state.Network, out var writer))
        {
            writers.Add(state.Network, writer = new TensorBoardWriter(Path.Combine(folder, state.Network)));
        }

        var now = DateTimeOffset.Now;
        void Add(string tag, double value) => writer.Scalar(tag, value, result.Epoch, now);
        Add("loss/train", result.Train.Loss);
        Add("loss/train_cross_entropy", result.Train.CrossEntropy);
        if (result.Train.Distillation > 0) Add("loss/train_distillation", result.Train.Distillation);
        Add("loss/test", result.Test.Loss);
        Add("accuracy/train", result.Train.Accuracy);
        Add("accuracy/test", result.Test.Accuracy);
        Add("optimizer/learning_rate", result.LearningRate);
        Add("optimizer/gradient_norm", result.GradientNorm);
        if (state.Model.Spec.IsSpiking) Add("spikes/firing_rate", result.FiringRate);
        Add("speed/images_per_second", result.ImagesPerSecond);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var writer in writers.Values) writer.Dispose();
    }
}
