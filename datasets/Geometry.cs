namespace Idsnn.Datasets;

/// <summary>Operations that move pixels: each takes the nearest source pixel, or black where there is none.</summary>
internal static class Geometry
{
    // Coordinates in 65536ths: rounding of the last digit of a sine decides nothing.
    private const int Fraction = 16;

    /// <summary>The pixel whose middle is (x, y) comes from (a·x + b·y + c, d·x + e·y + f).</summary>
    public static void Transform(RgbImage image, double a, double b, double c, double d, double e, double f)
    {
        byte[] source = [.. image.Pixels], target = image.Pixels;
        int rowX = Fixed(c + 0.5 * a + 0.5 * b), rowY = Fixed(f + 0.5 * d + 0.5 * e);
        int to = 0;
        for (int y = 0; y < image.Height; y++)
        {
            (int fromX, int fromY) = (rowX, rowY);
            for (int x = 0; x < image.Width; x++)
            {
                (int sourceX, int sourceY) = (fromX >> Fraction, fromY >> Fraction);
                bool inside = (uint)sourceX < (uint)image.Width && (uint)sourceY < (uint)image.Height;
                int from = (sourceY * image.Width + sourceX) * RgbImage.Channels;
                for (int channel = 0; channel < RgbImage.Channels; channel++) target[to++] = inside ? source[from + channel] : (byte)0;
                fromX += Fixed(a);
                fromY += Fixed(d);
            }

            rowX += Fixed(b);
            rowY += Fixed(e);
        }
    }

    /// <summary>Turns the image about its middle, counter-clockwise.</summary>
    public static void Rotate(RgbImage image, double degrees)
    {
        (double sin, double cos) = Math.SinCos(-degrees * Math.PI / 180);
        double x = image.Width / 2.0, y = image.Height / 2.0;
        Transform(image, cos, sin, x - cos * x - sin * y, -sin, cos, y + sin * x - cos * y);
    }

    private static int Fixed(double coordinate) => (int)Math.Floor(coordinate * (1 << Fraction) + 0.5);
}
