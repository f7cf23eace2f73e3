namespace Idsnn.Datasets;

/// <summary>
/// What happens to train images, in this order: crop, flip, policy, normalisation, Cutout, and CutMix over the batch.  Whatever is
/// drawn depends on (seed, epoch, sample) alone, CutMix's on (seed, epoch, batch).  Crop and flip are the standard CIFAR recipe
/// (He et al. 2016, section 4.2).
/// </summary>
/// <param name="Crop">
/// A random crop of the image's own size out of the image padded by <see cref="Padding"/> black pixels on every side.
/// The padding is zero <em>before</em> normalisation, as torchvision's RandomCrop pads.
/// </param>
/// <param name="Flip">A mirror image, left to right, half of the time; after the crop.</param>
/// <param name="Policy">Operations on colours and places; null for none.</param>
/// <param name="Cutout">
/// Side of a square about a random pixel that is set to zero <em>after</em> normalisation, the mean colour; it may stick out of the
/// image (DeVries and Taylor 2017, who take 16 for CIFAR-10 and 8 for CIFAR-100).  0 for none.
/// </param>
/// <param name="CutMix">
/// Probability that a batch is mixed: a box of each image is replaced by the same box of another image of the batch, and the label
/// shared out by area (Yun et al. 2019, with α = 1).  0 for never.
/// </param>
public readonly record struct Augmentation(
    bool Crop, bool Flip, AugmentationPolicy? Policy = null, int Cutout = 0, float CutMix = 0f)
{
    /// <summary>Black pixels added on every side before the crop.</summary>
    public const int Padding = 4;

    /// <summary>The image as it is; for test sets.</summary>
    public static Augmentation None => default;

    /// <summary>Crop and flip; for train sets.</summary>
    public static Augmentation CropFlip => new(true, true);

    /// <summary>Where the crop of one sample in one epoch lies, in [-Padding, Padding], and whether it is mirrored.</summary>
    internal (int Top, int Left, bool Mirror) Draw(ulong seed, int epoch, int sample)
    {
        var random = new CounterRandom(seed, Streams.Augmentation, (ulong)epoch, (ulong)sample);
        (int top, int left) = (random.Next(2 * Padding + 1) - Padding, random.Next(2 * Padding + 1) - Padding);
        bool mirror = random.Next(2) == 1;
        return (Crop ? top : 0, Crop ? left : 0, Flip && mirror);
    }

    /// <summary>Applies the policy, if there is one, in place.</summary>
    internal void ApplyPolicy(byte[] pixels, int height, int width, ulong seed, int epoch, int sample)
    {
        if (Policy is null) return;
        var random = new CounterRandom(seed, Streams.Policy, (ulong)epoch, (ulong)sample);
        Policy.Apply(new RgbImage(pixels, height, width), ref random);
    }

    /// <summary>What Cutout takes from one sample in one epoch.</summary>
    internal Box DrawCutout(int height, int width, ulong seed, int epoch, int sample)
    {
        var random = new CounterRandom(seed, Streams.Cutout, (ulong)epoch, (ulong)sample);
        return Box.About(random.Next(height), random.Next(width), Cutout, Cutout, height, width);
    }

    /// <exception cref="ArgumentException">An option is out of range, or not for images of so many channels.</exception>
    internal void RequireFor(int channels)
    {
        if (Cutout < 0) throw new ArgumentException($"Augmentation: Cutout's side must be at least 0, got {Cutout}");
        if (CutMix is not (>= 0f and <= 1f)) throw new ArgumentException($"Augmentation: CutMix is a probability, got {CutMix}");
        if (Policy is not null && channels != RgbImage.Channels)
        {
            throw new ArgumentException($"Augmentation: policies are for images of {RgbImage.Channels} channels, got {channels}");
        }
    }
}

/// <summary>A rectangle of pixels, its lower and right ends exclusive.</summary>
internal readonly record struct Box(int Top, int Left, int Bottom, int Right)
{
    public int Area => (Bottom - Top) * (Right - Left);

    /// <summary>A box of a size about a pixel, without what sticks out of the image.</summary>
    public static Box About(int y, int x, int boxHeight, int boxWidth, int height, int width)
    {
        (int top, int left) = (y - boxHeight / 2, x - boxWidth / 2);
        return new Box(
            Math.Max(top, 0), Math.Max(left, 0), Math.Min(top + boxHeight, height), Math.Min(left + boxWidth, width));
    }
}
