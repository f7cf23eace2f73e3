using Idsnn.Datasets;
using Idsnn.Engine;
using Idsnn.Kernels;

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

    /// <summary>The images of a batch, [N, H, W, C], in the open scope.</summary>
    public Tensor Load(Batch batch)
    {
        var images = Tensor.Empty(levels.Device, [batch.Count, batch.Height, batch.Width, batch.Channels]);
        Load(batch, images);
        return images;
    }

    /// <summary>The same into a tensor that is there.</summary>
    public void Load(Batch batch, Tensor images) =>
        Ops.PlaceImages(images, batch.Pixels, Array.ConvertAll(batch.Draws, Placement), levels);

    public void Dispose() => levels.Dispose();

    private static ImagePlacement Placement(ImageDraw draw) =>
        new(draw.Top, draw.Left, draw.Mirror ? 1 : 0, Pixels(draw.Cutout), draw.Partner, Pixels(draw.Mix));

    private static PixelBox Pixels(Box box) => new(box.Top, box.Left, box.Bottom, box.Right);
}
