using System.Text.Json;
using System.Text.Json.Serialization;

namespace Idsnn.Training;

/// <summary>results.json of a finished run.</summary>
/// <param name="Networks">The networks trained, in order: teacher, student.</param>
/// <param name="Stages">How long each stage took, in order.</param>
/// <param name="Insight">What the last network trained does on the test set.</param>
public sealed record RunResults(
    IReadOnlyList<NetworkResult> Networks, IReadOnlyList<StageTime> Stages, NetworkInsight? Insight)
{
    /// <summary>Sees that its parts fit together.</summary>
    /// <exception cref="JsonException">They do not; the message says which.</exception>
    internal void Validate() => Insight?.Validate();
}

/// <summary>How good a network got.</summary>
/// <param name="Network">teacher or student: its name in metrics.csv.</param>
/// <param name="Model">resnet34, spiking-resnet18, …</param>
/// <param name="Width">Channels of the first stage.</param>
/// <param name="Timesteps">T.</param>
/// <param name="Parameters">Trained numbers.</param>
/// <param name="Epochs">Epochs trained.</param>
/// <param name="LastAccuracy">Test accuracy after the last epoch, 0 … 1.</param>
/// <param name="BestAccuracy">The best of all epochs, which the literature reports.</param>
/// <param name="BestEpoch">When it was reached.</param>
public sealed record NetworkResult(
    string Network, string Model, int Width, int Timesteps, long Parameters, int Epochs, double LastAccuracy, double BestAccuracy,
    int BestEpoch);

/// <summary>How long a stage took.</summary>
/// <param name="Stage">teacher, student, insight.</param>
/// <param name="Seconds">Wall clock.</param>
/// <param name="ImagesPerSecond">Training images per second, where the stage trains; 0 else.</param>
public sealed record StageTime(string Stage, double Seconds, double ImagesPerSecond);

/// <summary>What a network does on a test set.</summary>
/// <param name="Network">Which.</param>
/// <param name="Images">Test images looked at.</param>
/// <param name="ClassNames">[K].</param>
/// <param name="Confusion">[K][K]: images of a class (row) taken for a class (column).</param>
/// <param name="Layers">The spiking layers, in order; none for an ordinary network.</param>
/// <param name="AccuracyByTimestep">
/// Accuracy of the read-out after t = 1 … T steps of the one network; one entry where it has no time.
/// </param>
/// <param name="Energy">Its arithmetic per image.</param>
/// <param name="TeacherEnergy">The teacher's; null without one.</param>
/// <param name="Samples">Some test images and what it says of them.</param>
public sealed record NetworkInsight(
    string Network, int Images, IReadOnlyList<string> ClassNames, IReadOnlyList<IReadOnlyList<int>> Confusion,
    IReadOnlyList<LayerActivity> Layers, IReadOnlyList<double> AccuracyByTimestep, EnergyEstimate Energy, EnergyEstimate? TeacherEnergy,
    IReadOnlyList<SamplePrediction> Samples)
{
    /// <summary>Mean of the layers' firing rates; null where nothing is known of them.</summary>
    [JsonIgnore]
    public double? MeanRate => Layers.Count > 0 ? Layers.Average(layer => layer.MeanRate) : null;

    internal void Validate()
    {
        int classes = ClassNames.Count;
        if (Confusion.Count != classes || Confusion.Any(row => row.Count != classes))
        {
            throw new JsonException($"the confusion matrix is not {classes} × {classes}, as there are classes");
        }

        long counted = Confusion.Sum(row => row.Sum(count => (long)count));
        if (counted != Images) throw new JsonException($"the confusion matrix counts {counted} of {Images} images");
        if (AccuracyByTimestep.Count == 0) throw new JsonException("there is no accuracy of any time-step");
        if (Samples.FirstOrDefault(sample => sample.Label >= classes || sample.Predicted >= classes) is { } stray)
        {
            throw new JsonException($"a sample of class {stray.Label} is taken for {stray.Predicted}, where there are {classes} classes");
        }
    }
}

/// <summary>How a spiking layer fires.</summary>
/// <param name="Name">The batch-norm before it: bn1, layer1.0.bn1, …; in MS networks the convolution or the classifier behind it.</param>
/// <param name="Shape">H×W×C; C behind a fully connected layer.</param>
/// <param name="FiringRates">Spikes per neuron and time-step, by time-step, [T].</param>
/// <param name="SilentChannels">Share of channels that never fire.</param>
/// <param name="SaturatedChannels">Share of channels that fire at every step at nearly every place (above 0.95).</param>
/// <param name="InWindow">Share of membranes within the surrogate's window: where gradients can pass.</param>
public sealed record LayerActivity(
    string Name, string Shape, IReadOnlyList<double> FiringRates, double SilentChannels, double SaturatedChannels, double InWindow)
{
    /// <summary>The mean over time-steps.</summary>
    public double MeanRate => FiringRates.Count == 0 ? 0 : FiringRates.Average();
}

/// <summary>
/// An estimate of the energy of one image's arithmetic: convolutions and the classifier, without memory and without the neurons' own
/// updates, as is usual in the field. Zero padding costs nothing, on either side of a comparison.
/// </summary>
/// <param name="Macs">
/// Multiply-accumulates: layers whose input is numbers, which are all of an ordinary network's, and of a spiking one the stem under direct
/// encoding, once for all time-steps, and the classifier, whose input is the mean over time.
/// </param>
/// <param name="Accumulates">
/// Accumulates, the synaptic operations: layers whose input is spikes, one for each weight that each spike reaches, over all time-steps.
/// </param>
/// <param name="MacPicojoules">Energy of one multiply-accumulate; 4.6 pJ for float32 in 45 nm (Horowitz, ISSCC 2014).</param>
/// <param name="AccumulatePicojoules">Energy of one accumulate; 0.9 pJ.</param>
/// <param name="MacsWithPadding">
/// Multiply-accumulates of one pass through all layers, at one time-step, as published tables count them: padding is in them. Null in files
/// of versions that did not count them.
/// </param>
public sealed record EnergyEstimate(
    double Macs, double Accumulates, double MacPicojoules, double AccumulatePicojoules, double? MacsWithPadding = null)
{
    /// <summary>µJ per image.</summary>
    public double Microjoules => ((Macs * MacPicojoules) + (Accumulates * AccumulatePicojoules)) * 1e-6;
}

/// <summary>One test image and what the network says of it.</summary>
/// <param name="Png">The image as a PNG file, base64.</param>
/// <param name="Label">Its class.</param>
/// <param name="Predicted">The class with the largest logit.</param>
/// <param name="Confidence">That class's softmax.</param>
public sealed record SamplePrediction(string Png, int Label, int Predicted, double Confidence);
