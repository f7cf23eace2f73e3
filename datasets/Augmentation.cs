namespace Idsnn.Datasets;

/// <summary>
/// What happens to a train image before it is normalised: the standard CIFAR recipe (He et al. 2016, section 4.2).  Whatever it
/// draws depends on (seed, epoch, sample) alone.
/// </summary>
/// <param name="Crop">
/// A random crop of the image's own size out of the image padded by <see cref="Padding"/> black pixels on every side.
/// The padding is zero <em>before</em> normalisation, as torchvision's RandomCrop pads.
/// </param>
/// <param name="Flip">A mirror image, left to right, half of the time; after the crop.</param>
public readonly record struct Augmentation(bool Crop, bool Flip)
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
}
