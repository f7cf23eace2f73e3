namespace Idsnn.Datasets;

/// <summary>
/// What happens to train images, in this order: crop, flip, policy, normalisation, Cutout, and CutMix over the batch. Whatever is
/// drawn depends on (seed, epoch, sample) alone, CutMix's on (seed, epoch, batch). A policy works on the bytes of the cropped image; all
/// else is left to the device, as an <see cref="ImageDraw"/>. Crop and flip are the standard CIFAR recipe (He et al. 2016, section 4.2).
/// </summary>
/// <param name="Crop">
/// A random crop of the image's own size out of the image padded by <see cref="Padding"/> black pixels on every side.
/// The padding is zero <em>before</em> normalisation, as torchvision's RandomCrop pads.
/// </param>
/// <param name="Flip">A mirror image, left to right, half of the time; after the crop.</param>
/// <param name="Policy">Operations on colours and places; null for none.</param>
/// <param name="Cutout">
/// Side of a square about a random pixel that is set to zero <em>after</em> normalisation, the mean colour; it may stick out of the
/// image (DeVries and Taylor 2017, who take 16 for CIFAR-10 and 8 for CIFAR-100). 0 for none.
/// </param>
/// <param name="CutMix">
/// Probability that a batch is mixed: a box of each image is replaced by the same box of another image of the batch, and the label
/// shared out by area (Yun et al. 2019, with α = 1). 0 for never.
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

    /// <summary>Draws for one sample in one epoch, all but CutMix.</summary>
    internal ImageDraw Draw(int height, int width, ulong seed, int epoch, int sample)
    {
        var random = new SplitMix64(seed, Streams.Augmentation, (ulong)epoch, (ulong)sample);
        (int top, int left) = (random.Next(2 * Padding + 1) - Padding, random.Next(2 * Padding + 1) - Padding);
        bool mirror = random.Next(2) == 1;
        return new ImageDraw(Crop ? top : 0, Crop ? left : 0, Flip && mirror, DrawCutout(height, width, seed, epoch, sample));
    }

    /// <summary>
    /// Applies the policy, if there is one, in place. It works on the image after crop and flip, so these are applied too.
    /// </summary>
    /// <returns>What is left to be done.</returns>
    internal ImageDraw ApplyPolicy(ImageDraw draw, Span<byte> pixels, int height, int width, ulong seed, int epoch, int sample)
    {
        if (Policy is null) return draw;
        var image = new RgbImage([.. pixels], height, width);
        Geometry.Transform(image, draw.Mirror ? -1 : 1, 0, draw.Left + (draw.Mirror ? width : 0), 0, 1, draw.Top);
        var random = new SplitMix64(seed, Streams.Policy, (ulong)epoch, (ulong)sample);
        Policy.Apply(image, ref random);
        image.Pixels.CopyTo(pixels);
        return new ImageDraw(0, 0, false, draw.Cutout);
    }

    /// <exception cref="ArgumentException">An option is out of range, or not for images of so many channels and frames.</exception>
    internal void RequireFor(int channels, int frames)
    {
        if (Cutout < 0) throw new ArgumentException($"Augmentation: Cutout's side must be at least 0, got {Cutout}");
        if (CutMix is not (>= 0f and <= 1f)) throw new ArgumentException($"Augmentation: CutMix is a probability, got {CutMix}");
        if (Policy is not null && channels != RgbImage.Channels)
        {
            throw new ArgumentException($"Augmentation: policies are for images of {RgbImage.Channels} channels, got {channels}");
        }

        if (Policy is not null && frames != 1)
        {
            throw new ArgumentException(
                $"Augmentation: policies are for images of one frame, got {frames}; crop, flip, Cutout and CutMix are for any");
        }
    }

    private Box DrawCutout(int height, int width, ulong seed, int epoch, int sample)
    {
        if (Cutout == 0) return default;
        var random = new SplitMix64(seed, Streams.Cutout, (ulong)epoch, (ulong)sample);
        return Box.About(random.Next(height), random.Next(width), Cutout, Cutout, height, width);
    }
}
