namespace Idsnn.Datasets;

/// <summary>Images ready for a network.  Its arrays are reused: see <see cref="BatchLoader.Epoch"/> for how long they hold.</summary>
public sealed class Batch
{
    internal Batch(int count, int imageSize) => (Images, Labels) = (new float[count * imageSize], new int[count]);

    /// <summary>Normalised images, NHWC: exactly [Count, Height, Width, Channels] elements.</summary>
    public float[] Images { get; }

    /// <summary>Class of each image, [Count].</summary>
    public int[] Labels { get; }

    /// <summary>Where images were mixed (CutMix), the class of what was pasted into each, [Count]; null in a batch as it was.</summary>
    public int[]? SecondLabels { get; internal set; }

    /// <summary>How much of each image is still of <see cref="Labels"/>' class, 0 … 1, [Count]; null in a batch as it was.</summary>
    public float[]? Shares { get; internal set; }

    /// <summary>The number of images: the batch size, or fewer in an epoch's last batch.</summary>
    public int Count => Labels.Length;

    /// <summary>The place of this batch in its epoch, from 0.</summary>
    public int Index { get; internal set; }
}
