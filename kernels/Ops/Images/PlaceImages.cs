using ILGPU;

namespace Idsnn.Kernels.Ops;

/// <summary>
/// Places the images of a batch and turns their bytes into numbers: crop out of the image padded with black, mirror image, normalisation,
/// Cutout, and CutMix, whose box shows the partner as it would itself be placed. One work-item: one channel of a pixel. Reference:
/// ImageReference.
/// </summary>
/// <param name="pixels">[N, H, W, C].</param>
/// <param name="placements">[N]: what is done to each image.</param>
/// <param name="levels">[C, 256]: the number that each byte becomes.</param>
/// <param name="images">[N, H, W, C].</param>
/// <param name="size">H, W and C.</param>
public readonly struct PlaceImages(
    ArrayView<byte> pixels, ArrayView<ImagePlacement> placements, ArrayView<float> levels, ArrayView<float> images,
    ImageSize size) : IKernel
{
    /// <summary>Values of a byte.</summary>
    public const int Levels = 256;

    /// <inheritdoc/>
    public void Execute(int item)
    {
        int pixel = item / size.Channels, channel = item - (pixel * size.Channels);
        int x = pixel % size.Width, row = pixel / size.Width, y = row % size.Height, image = row / size.Height;
        var placement = placements[image];
        if (placement.Mix.Holds(y, x))
        {
            image = placement.Partner;
            placement = placements[image];
        }

        int fromY = y + placement.Top, fromX = (placement.Mirror != 0 ? size.Width - 1 - x : x) + placement.Left;
        bool inside = fromY >= 0 && fromY < size.Height && fromX >= 0 && fromX < size.Width;
        int from = (((((image * size.Height) + fromY) * size.Width) + fromX) * size.Channels) + channel;
        int level = inside ? pixels[from] : 0;
        images[item] = placement.Cutout.Holds(y, x) ? 0f : levels[(channel * Levels) + level];
    }
}

/// <summary>What is done to one image, in this order.</summary>
/// <param name="Top">The row of the image that the crop begins at; rows outside the image are black.</param>
/// <param name="Left">The column.</param>
/// <param name="Mirror">Not 0: the crop is mirrored, left to right.</param>
/// <param name="Cutout">Pixels that become 0 after normalisation.</param>
/// <param name="Partner">The image that shows in <paramref name="Mix"/>.</param>
/// <param name="Mix">Pixels of another image.</param>
public readonly record struct ImagePlacement(int Top, int Left, int Mirror, PixelBox Cutout, int Partner, PixelBox Mix);

/// <summary>A rectangle of pixels, its lower and right ends exclusive.</summary>
/// <param name="Top">The first row.</param>
/// <param name="Left">The first column.</param>
/// <param name="Bottom">The row behind the last.</param>
/// <param name="Right">The column behind the last.</param>
public readonly record struct PixelBox(int Top, int Left, int Bottom, int Right)
{
    /// <summary>Whether a pixel lies in it.</summary>
    public bool Holds(int y, int x) => y >= Top && y < Bottom && x >= Left && x < Right;
}

/// <summary>The size of an image.</summary>
/// <param name="Height">H.</param>
/// <param name="Width">W.</param>
/// <param name="Channels">C.</param>
public readonly record struct ImageSize(int Height, int Width, int Channels);
