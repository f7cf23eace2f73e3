namespace Idsnn.Datasets;

/// <summary>The operations that augmentation policies are made of.</summary>
internal enum ImageOperation
{
    Identity,
    ShearX,
    ShearY,
    TranslateX,
    TranslateY,
    Rotate,
    Brightness,
    Colour,
    Contrast,
    Sharpness,
    Posterize,
    Solarize,
    AutoContrast,
    Equalize,
    Invert,
}

/// <summary>
/// Applies operations in place, to the byte as torchvision applies them through PIL; what comes in from outside is black.
/// </summary>
internal static class ImageOperations
{
    /// <param name="operation">Which.</param>
    /// <param name="magnitude">
    /// Shears: the slope. Translations: pixels to the right or down, cut to whole ones. Rotation: degrees counter-clockwise.
    /// Brightness, colour, contrast, sharpness: how much more than the image's own. Posterize: bits kept. Solarize: the least value
    /// that is inverted.
    /// </param>
    /// <param name="image">The image.</param>
    public static void Apply(ImageOperation operation, double magnitude, RgbImage image)
    {
        switch (operation)
        {
            case ImageOperation.ShearX:
                Geometry.Transform(image, 1, magnitude, 0, 0, 1, 0);
                break;
            case ImageOperation.ShearY:
                Geometry.Transform(image, 1, 0, 0, magnitude, 1, 0);
                break;
            case ImageOperation.TranslateX:
                Geometry.Transform(image, 1, 0, -(int)magnitude, 0, 1, 0);
                break;
            case ImageOperation.TranslateY:
                Geometry.Transform(image, 1, 0, 0, 0, 1, -(int)magnitude);
                break;
            case ImageOperation.Rotate:
                Geometry.Rotate(image, magnitude);
                break;
            case ImageOperation.Brightness:
                Enhancement.Brightness(image, (float)(1 + magnitude));
                break;
            case ImageOperation.Colour:
                Enhancement.Colour(image, (float)(1 + magnitude));
                break;
            case ImageOperation.Contrast:
                Enhancement.Contrast(image, (float)(1 + magnitude));
                break;
            case ImageOperation.Sharpness:
                Enhancement.Sharpness(image, (float)(1 + magnitude));
                break;
            case ImageOperation.Posterize:
                int dropped = 8 - (int)magnitude;
                Levels.Map(image, value => value >> dropped << dropped);
                break;
            case ImageOperation.Solarize:
                Levels.Map(image, value => value < magnitude ? value : 255 - value);
                break;
            case ImageOperation.Invert:
                Levels.Map(image, value => 255 - value);
                break;
            case ImageOperation.AutoContrast:
                Levels.AutoContrast(image);
                break;
            case ImageOperation.Equalize:
                Levels.Equalize(image);
                break;
        }
    }
}
