namespace Idsnn.Datasets;

/// <summary>
/// Images as bytes, and what is to be done to them. Its arrays are reused: see <see cref="BatchLoader.Epoch"/> for how long they hold.
/// </summary>
public sealed class Batch
{
    internal Batch(int count, ImageSet set)
    {
        (Height, Width, Channels, Frames) = (set.Height, set.Width, set.Channels, set.Frames);
        (Pixels, Draws, Labels) = (new byte[count * set.ImageBytes], new ImageDraw[count], new int[count]);
    }

    /// <summary>Rows of an image.</summary>
    public int Height { get; }

    /// <summary>Columns of an image.</summary>
    public int Width { get; }

    /// <summary>Bytes of a pixel.</summary>
    public int Channels { get; }

    /// <summary>Frames of an image.</summary>
    public int Frames { get; }

    /// <summary>The images, all first frames before all second ones: exactly [Frames, Count, Height, Width, Channels] elements.</summary>
    public byte[] Pixels { get; }

    /// <summary>What is to be done to each image, all its frames alike, [Count].</summary>
    public ImageDraw[] Draws { get; }

    /// <summary>Class of each image, [Count].</summary>
    public int[] Labels { get; }

    /// <summary>Where images are mixed (CutMix), the class of what comes into each, [Count]; null in a batch as it was.</summary>
    public int[]? SecondLabels { get; internal set; }

    /// <summary>How much of each image is still of <see cref="Labels"/>' class, 0 … 1, [Count]; null in a batch as it was.</summary>
    public float[]? Shares { get; internal set; }

    /// <summary>The number of images: the batch size, or fewer in an epoch's last batch.</summary>
    public int Count => Labels.Length;

    /// <summary>The place of this batch in its epoch, from 0.</summary>
    public int Index { get; internal set; }
}
