using Idsnn.Datasets;

namespace Idsnn.Training;

/// <summary>A named way of changing training images.</summary>
public enum AugmentationKind
{
    /// <summary>They stay as they are.</summary>
    None,

    /// <summary>A random crop and a mirror image, half of the time.</summary>
    CropFlip,

    /// <summary>The same with AutoAugment.</summary>
    AutoAugment,

    /// <summary>The same with RandAugment.</summary>
    RandAugment,
}

/// <summary>How a run changes its training images.</summary>
/// <param name="Kind">Crops, flips and colours.</param>
/// <param name="Cutout">Side of a square that is cut out of each image, in pixels; 0: none.</param>
/// <param name="CutMix">Probability that a batch's images are mixed by CutMix.</param>
public sealed record AugmentationSpec(AugmentationKind Kind = AugmentationKind.CropFlip, int Cutout = 0, float CutMix = 0f)
{
    /// <summary>What a loader works by.</summary>
    public Augmentation Build() => (Kind == AugmentationKind.None ? Augmentation.None : Augmentation.CropFlip) with
    {
        Policy = Kind switch
        {
            AugmentationKind.AutoAugment => new AutoAugment(),
            AugmentationKind.RandAugment => new RandAugment(),
            _ => null,
        },
        Cutout = Cutout,
        CutMix = CutMix,
    };
}
