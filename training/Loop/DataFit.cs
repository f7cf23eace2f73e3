using Idsnn.Datasets;
using Idsnn.Models;

namespace Idsnn.Training;

/// <summary>Whether a network can be shown a data set.</summary>
internal static class DataFit
{
    /// <summary>Sees that labels, channels and frames are those of the network.</summary>
    /// <exception cref="ArgumentException">They are not; the message says which.</exception>
    public static void Require(ModelSpec network, Dataset dataset)
    {
        Require(network, "train", dataset.Train);
        Require(network, "test", dataset.Test);
    }

    /// <summary>The same of one set.</summary>
    public static void Require(ModelSpec network, string which, ImageSet set)
    {
        int label = set.Labels.Max();
        if (label >= network.Classes)
        {
            throw new ArgumentException(
                $"the {which} set has label {label}, which is not below the {network.Classes} classes of the network");
        }

        if (set.Channels != network.Channels)
        {
            throw new ArgumentException(
                $"the {which} set has images of {set.Channels} channels, and {network.Name} takes {network.Channels}");
        }

        int frames = network.Encoder == Encoder.Frames ? network.Timesteps : 1;
        if (set.Frames != frames)
        {
            throw new ArgumentException($"the {which} set has images of {set.Frames} frames, and {network.Name} takes {frames}");
        }
    }
}
