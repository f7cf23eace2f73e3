namespace Idsnn.Datasets;

/// <summary>What was drawn for one image of a batch and is still to be done to its bytes, in this order.</summary>
/// <param name="Top">
/// The row of the image that its crop begins at, in [-Padding, Padding] of <see cref="Augmentation"/>; what lies outside is black.
/// </param>
/// <param name="Left">The column.</param>
/// <param name="Mirror">Whether the crop is mirrored, left to right.</param>
/// <param name="Cutout">What becomes 0 after normalisation; empty for nothing.</param>
/// <param name="Partner">The image of the batch, placed by its own draw, that shows in <paramref name="Mix"/>.</param>
/// <param name="Mix">What CutMix replaces; empty for nothing.</param>
public readonly record struct ImageDraw(int Top, int Left, bool Mirror, Box Cutout = default, int Partner = 0, Box Mix = default);

/// <summary>A rectangle of pixels, its lower and right ends exclusive.</summary>
/// <param name="Top">The first row.</param>
/// <param name="Left">The first column.</param>
/// <param name="Bottom">The row behind the last.</param>
/// <param name="Right">The column behind the last.</param>
public readonly record struct Box(int Top, int Left, int Bottom, int Right)
{
    /// <summary>Pixels.</summary>
    public int Area => (Bottom - Top) * (Right - Left);

    /// <summary>A box of a size about a pixel, without what sticks out of the image.</summary>
    internal static Box About(int y, int x, int boxHeight, int boxWidth, int height, int width)
    {
        (int top, int left) = (y - boxHeight / 2, x - boxWidth / 2);
        return new Box(
            Math.Max(top, 0), Math.Max(left, 0), Math.Min(top + boxHeight, height), Math.Min(left + boxWidth, width));
    }
}
