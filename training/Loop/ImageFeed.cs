using Idsnn.Datasets;
using Idsnn.Engine;
using Idsnn.Kernels.Ops;

namespace Idsnn.Training;

/// <summary>Takes batches to a device, which augments and normalises them there: bytes x become (x/255 − mean)/std.</summary>
internal sealed class ImageFeed : IDisposable
{
    private readonly Tensor levels;

    /// <param name="device">Where.</param>
    /// <param name="mean">Mean per channel of pixels scaled to [0, 1].</param>
    /// <param name="std">Standard deviation per channel of pixels scaled to [0, 1].</param>
    /// <exception cref="ArgumentException">There are not as many deviations as means, or one is not positive.</exception>
    public ImageFeed(Device device, float[] mean, float[] std)
    {
        if (mean.Length != std.Length || !std.All(s => s > 0f))
        {
            throw new ArgumentException(
                "normalisation takes as many positive standard deviations as means, "
                + $"got [{string.Join(", ", mean)}] and [{string.Join(", ", std)}]");
        }

        var values = new float[mean.Length * PlaceImages.Levels];
        for (int i = 0; i < values.Length; i++)
        {
            int channel = i / PlaceImages.Levels;
            values[i] = ((i % PlaceImages.Levels / 255f) - mean[channel]) / std[channel];
        }

        levels = Tensor.Persistent(device, [mean.Length, PlaceImages.Levels], values);
    }

    /// <summary>
    /// The shape of a batch's images, [N, H, W, C]; of films, with time folded into the batch as networks have it, [T·N, H, W, C].
    /// </summary>
    public static Shape ShapeOf(Batch batch) => [batch.Frames * batch.Count, batch.Height, batch.Width, batch.Channels];

    /// <summary>The images of a batch, in the open scope.</summary>
    public Tensor Load(Batch batch)
    {
        var images = Tensor.Empty(levels.Device, ShapeOf(batch));
        Load(batch, images);
        return images;
    }

    /// <summary>The same into a tensor that is there.</summary>
    public void Load(Batch batch, Tensor images) =>
        Ops.PlaceImages(images, batch.Pixels, Placements(batch), levels);

    public void Dispose() => levels.Dispose();

    /// <summary>What is done to each frame: to all of an image the same, its partner's frame of the same time.</summary>
    private static ImagePlacement[] Placements(Batch batch)
    {
        var placements = new ImagePlacement[batch.Frames * batch.Count];
        for (int i = 0; i < placements.Length; i++) placements[i] = Placement(batch.Draws[i % batch.Count], i / batch.Count * batch.Count);
        return placements;
    }

    private static ImagePlacement Placement(ImageDraw draw, int frameStart) =>
        new(draw.Top, draw.Left, draw.Mirror ? 1 : 0, Pixels(draw.Cutout), frameStart + draw.Partner, Pixels(draw.Mix));

    private static PixelBox Pixels(Box box) => new(box.Top, box.Left, box.Bottom, box.Right);
}
