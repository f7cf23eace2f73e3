using Idsnn.Datasets;

namespace Idsnn.Training;

/// <summary>How one network is trained. The defaults are the paper's (§4.1).</summary>
/// <param name="Epochs">Passes over the train set.</param>
/// <param name="BatchSize">Images per step.</param>
/// <param name="Schedule">The learning rate.</param>
/// <param name="Update">How gradients change the parameters.</param>
/// <param name="Objective">The loss.</param>
/// <param name="Augmentation">Of the train images.</param>
/// <param name="Seed">Of data order, augmentation and the Poisson encoder.</param>
/// <param name="Workers">Threads that prepare batches; they do not change them.</param>
/// <param name="AverageDecay">
/// Decay of the moving average of weights that is tested and kept (<see cref="WeightAverage"/>); 0: the weights themselves are.
/// </param>
public sealed record TrainingOptions(
    int Epochs, int BatchSize, LearningRateSchedule Schedule, UpdateOptions Update, Objective Objective, Augmentation Augmentation,
    ulong Seed, int Workers, float AverageDecay = 0f);
