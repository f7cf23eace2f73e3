using static Idsnn.Datasets.ImageOperation;

namespace Idsnn.Datasets;

/// <summary>A random choice of operations on a colour image, as torchvision defines them; what comes in from outside is black.</summary>
public abstract record AugmentationPolicy
{
    /// <summary>Draws operations and applies them in place.</summary>
    internal abstract void Apply(RgbImage image, ref SplitMix64 random);

    /// <summary>The magnitude of an operation at a level out of 0 … most, without its sign.</summary>
    internal static double MagnitudeAt(ImageOperation operation, int level, int most, RgbImage image)
    {
        double share = (double)level / most;
        return operation switch
        {
            ShearX or ShearY => 0.3 * share,
            TranslateX => 150.0 / 331 * image.Width * share,
            TranslateY => 150.0 / 331 * image.Height * share,
            Rotate => 30 * share,
            Brightness or Colour or Contrast or Sharpness => 0.9 * share,
            Posterize => 8 - Math.Round(4 * share),
            Solarize => 255 - 255 * share,
            _ => 0,
        };
    }

    /// <summary>Applies an operation at a level, to either side where it has two.</summary>
    private protected static void Apply(ImageOperation operation, int level, int most, bool negative, RgbImage image)
    {
        double magnitude = MagnitudeAt(operation, level, most, image);
        bool signed = operation is >= ShearX and <= Sharpness;
        ImageOperations.Apply(operation, signed && negative ? -magnitude : magnitude, image);
    }
}

/// <summary>
/// AutoAugment's policy for CIFAR-10 (Cubuk et al. 2019, table 7): one of 25 pairs of operations, each with a probability and one of
/// ten levels of its own.
/// </summary>
public sealed record AutoAugment : AugmentationPolicy
{
    private const int MostLevel = 9;

    /// <summary>Operation, probability in tenths, level.</summary>
    private static readonly (ImageOperation Operation, int Tenths, int Level)[,] Pairs =
    {
        { (Invert, 1, 0), (Contrast, 2, 6) },
        { (Rotate, 7, 2), (TranslateX, 3, 9) },
        { (Sharpness, 8, 1), (Sharpness, 9, 3) },
        { (ShearY, 5, 8), (TranslateY, 7, 9) },
        { (AutoContrast, 5, 0), (Equalize, 9, 0) },
        { (ShearY, 2, 7), (Posterize, 3, 7) },
        { (Colour, 4, 3), (Brightness, 6, 7) },
        { (Sharpness, 3, 9), (Brightness, 7, 9) },
        { (Equalize, 6, 0), (Equalize, 5, 0) },
        { (Contrast, 6, 7), (Sharpness, 6, 5) },
        { (Colour, 7, 7), (TranslateX, 5, 8) },
        { (Equalize, 3, 0), (AutoContrast, 4, 0) },
        { (TranslateY, 4, 3), (Sharpness, 2, 6) },
        { (Brightness, 9, 6), (Colour, 2, 8) },
        { (Solarize, 5, 2), (Invert, 0, 0) },
        { (Equalize, 2, 0), (AutoContrast, 6, 0) },
        { (Equalize, 2, 0), (Equalize, 6, 0) },
        { (Colour, 9, 9), (Equalize, 6, 0) },
        { (AutoContrast, 8, 0), (Solarize, 2, 8) },
        { (Brightness, 1, 3), (Colour, 7, 0) },
        { (Solarize, 4, 5), (AutoContrast, 9, 0) },
        { (TranslateY, 9, 9), (TranslateY, 7, 9) },
        { (AutoContrast, 9, 0), (Solarize, 8, 3) },
        { (Equalize, 8, 0), (Invert, 1, 0) },
        { (TranslateY, 7, 9), (AutoContrast, 9, 0) },
    };

    /// <inheritdoc/>
    internal override void Apply(RgbImage image, ref SplitMix64 random)
    {
        int pair = random.Next(Pairs.GetLength(0));
        for (int i = 0; i < 2; i++)
        {
            (ImageOperation operation, int tenths, int level) = Pairs[pair, i];
            bool happens = random.Next(10) < tenths, negative = random.Next(2) == 0;
            if (happens) Apply(operation, level, MostLevel, negative, image);
        }
    }
}

/// <summary>RandAugment (Cubuk et al. 2020): some operations out of fourteen, all equally likely and of one magnitude.</summary>
public sealed record RandAugment : AugmentationPolicy
{
    /// <summary>The largest magnitude.</summary>
    public const int MostMagnitude = 30;

    /// <summary>All operations but inversion.</summary>
    private const int Choices = (int)Equalize + 1;

    /// <summary>Names the policy.</summary>
    /// <param name="operations">N, how many operations follow each other.</param>
    /// <param name="magnitude">M, from 0 to 30.</param>
    /// <exception cref="ArgumentOutOfRangeException">One is out of range.</exception>
    public RandAugment(int operations = 2, int magnitude = 9)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(operations);
        ArgumentOutOfRangeException.ThrowIfNegative(magnitude);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(magnitude, MostMagnitude);
        (Operations, Magnitude) = (operations, magnitude);
    }

    /// <summary>N.</summary>
    public int Operations { get; }

    /// <summary>M.</summary>
    public int Magnitude { get; }

    /// <inheritdoc/>
    internal override void Apply(RgbImage image, ref SplitMix64 random)
    {
        for (int i = 0; i < Operations; i++)
        {
            var operation = (ImageOperation)random.Next(Choices);
            Apply(operation, Magnitude, MostMagnitude, random.Next(2) == 0, image);
        }
    }
}
