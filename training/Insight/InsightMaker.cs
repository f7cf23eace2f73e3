using Idsnn.Datasets;
using Idsnn.Models;

namespace Idsnn.Training;

/// <summary>What arithmetic costs. The defaults are those of float32 in 45 nm (Horowitz, ISSCC 2014).</summary>
/// <param name="MacPicojoules">Of one multiply-accumulate.</param>
/// <param name="AccumulatePicojoules">Of one accumulate.</param>
public sealed record EnergyCosts(double MacPicojoules = 4.6, double AccumulatePicojoules = 0.9)
{
    /// <summary>The estimate of a number of operations per image by a network.</summary>
    public EnergyEstimate Of(ModelSummary network, double macs, double accumulates) =>
        new(macs, accumulates, MacPicojoules, AccumulatePicojoules, network.Macs);
}

/// <summary>Looks at what a trained network does on a test set.</summary>
public static class InsightMaker
{
    private const int Samples = 24;

    /// <summary>Sees it in one pass over the test set.</summary>
    /// <param name="name">The network's name: teacher, student.</param>
    /// <param name="model">The network.</param>
    /// <param name="teacher">The ordinary network to set its energy beside; null for none.</param>
    /// <param name="dataset">The test set, and what it is normalised by.</param>
    /// <param name="batchSize">Images at a time.</param>
    /// <param name="costs">What arithmetic costs.</param>
    /// <param name="seed">Of the Poisson encoder.</param>
    /// <param name="cancellation">Stops between batches.</param>
    public static NetworkInsight Of(
        string name, INetwork model, ModelSpec? teacher, Dataset dataset, int batchSize, EnergyCosts costs, ulong seed = 0,
        CancellationToken cancellation = default)
    {
        var test = dataset.Test;
        using var probe = new ForwardProbe(model.Spec, countsInputs: true);
        var readOuts = ReadOuts.Of(model, test, new Normalization(dataset.Mean, dataset.Std), batchSize, seed, probe, cancellation);
        return new NetworkInsight(
            name,
            test.Count,
            dataset.ClassNames,
            readOuts.Confusion(test.Labels, dataset.Classes),
            NetworkActivity.Of(probe).Layers,
            readOuts.Accuracies(test.Labels),
            Energy(ModelSummary.Of(model.Spec, test.Height), probe, costs),
            teacher is null ? null : Energy(ModelSummary.Of(teacher, test.Height), costs),
            [.. Spread(test.Count).Select(i => Sample(test, i, readOuts))]);
    }

    private static EnergyEstimate Energy(ModelSummary network, ForwardProbe probe, EnergyCosts costs)
    {
        var (macs, accumulates) = probe.Arithmetic();
        // Layers before the last are followed by neurons, and so run at every time-step; the last is given the mean over time.
        var layers = NetworkLayout.Of(network.Model).Classifier;
        double hidden = layers.SkipLast(1).Sum(layer => (double)layer.Inputs * layer.Outputs) * network.Model.Timesteps;
        double classifier = hidden + ((double)layers[^1].Inputs * layers[^1].Outputs);
        return costs.Of(network, (macs / probe.Images) + classifier, accumulates / probe.Images);
    }

    /// <summary>Of an ordinary network, by its layers alone.</summary>
    private static EnergyEstimate Energy(ModelSummary network, EnergyCosts costs) => costs.Of(network, network.InnerMacs, 0);

    /// <summary>Some images, spread over the set.</summary>
    private static IEnumerable<int> Spread(int count)
    {
        int samples = Math.Min(Samples, count);
        return Enumerable.Range(0, samples).Select(i => (int)((long)i * count / samples));
    }

    private static SamplePrediction Sample(ImageSet set, int i, ReadOuts readOuts)
    {
        byte[] png = ImageFile.EncodePng(set.Picture(i));
        return new SamplePrediction(Convert.ToBase64String(png), set.Labels[i], readOuts.Final[i], readOuts.Confidence[^1][i]);
    }
}
