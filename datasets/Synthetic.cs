using System.Numerics;

namespace Idsnn.Datasets;

/// <summary>
/// Ten classes of images made by code, for when no data set is at hand: tests, demonstrations, a first look at a network.
/// </summary>
/// <remarks>
/// An image is one antialiased RGB figure on a ground. Its class is the figure: disk, ring, square, frame, triangle, plus,
/// cross, horizontal stripes, vertical stripes or checkerboard. All else is chance: place, size, a tilt of up to 11 degrees,
/// light on dark or dark on light, the tint of either, a gradient and two dots on the ground, noise on every pixel. So no pixel
/// tells the class by itself: from 2,000 images a linear classifier gets to about a quarter right, a ResNet-18 of width 8 to
/// more than nine tenths within five epochs, at 16 pixels as at 32.
/// </remarks>
public static class Synthetic
{
    private const int Channels = 3;

    // Samples per pixel and axis for antialiasing.
    private const int Grid = 4;

    // Half the side of square figures.
    private const float Box = 0.9f;

    // Whether a class's figure covers (u, v), v downwards; it fills about [-1, 1] x [-1, 1].
    private static readonly (string Name, Func<float, float, bool> Covers)[] Figures =
    [
        ("disk", (u, v) => Square(u, v) < 1),
        ("ring", (u, v) => Square(u, v) is > 0.3f and < 1),
        ("square", (u, v) => Edge(u, v) < Box),
        ("frame", (u, v) => Edge(u, v) is > 0.5f and < Box),
        ("triangle", (u, v) => Math.Abs(v) < Box && Math.Abs(u) < (v + Box) * 0.55f),
        ("plus", (u, v) => Edge(u, v) < 1 && Math.Min(Math.Abs(u), Math.Abs(v)) < 0.27f),
        ("cross", (u, v) => Edge(u, v) < 0.85f && Math.Abs(Math.Abs(u) - Math.Abs(v)) < 0.38f),
        ("horizontal stripes", (u, v) => Edge(u, v) < Box && Band(v) % 2 == 0),
        ("vertical stripes", (u, v) => Edge(u, v) < Box && Band(u) % 2 == 0),
        ("checkerboard", (u, v) => Edge(u, v) < Box && (Band(u) + Band(v)) % 2 == 0),
    ];

    /// <summary>
    /// Makes the data set of a seed: the same bytes on every machine, an image depending on (seed, split, index, size) alone.
    /// Image i is of class i mod 10, so that every multiple of ten first images is balanced.
    /// </summary>
    /// <param name="trainCount">Images to learn from.</param>
    /// <param name="testCount">Images to be judged by; none of them is in the train set.</param>
    /// <param name="size">Height and width in pixels, 12 or more.</param>
    /// <param name="seed">Names the data set.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is not positive or the size is too small to show the shapes.</exception>
    public static Dataset Create(int trainCount, int testCount, int size = 32, ulong seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(trainCount);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(testCount);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 12);

        ImageSet train = Draw(trainCount, size, seed, Streams.SyntheticTrain);
        ImageSet test = Draw(testCount, size, seed, Streams.SyntheticTest);
        (float[] mean, float[] std) = train.Statistics();
        return new Dataset("synthetic", train, test, [.. Figures.Select(figure => figure.Name)], mean, std);
    }

    private static ImageSet Draw(int count, int size, ulong seed, ulong stream)
    {
        int imageBytes = size * size * Channels;
        var pixels = new byte[checked(count * imageBytes)];
        var labels = new int[count];
        Parallel.For(0, count, i =>
        {
            labels[i] = i % Figures.Length;
            var random = new SplitMix64(seed, stream, (ulong)i);
            Draw(Figures[labels[i]].Covers, size, ref random, pixels.AsSpan(i * imageBytes, imageBytes));
        });
        return new ImageSet(pixels, labels, size, size, Channels);
    }

    // Only + - * / are used, which IEEE 754 rounds the same everywhere; sines and Gaussians would not be.
    private static void Draw(Func<float, float, bool> covers, int size, ref SplitMix64 random, Span<byte> image)
    {
        var middle = new Vector2(size / 2f);
        float radius = size * random.Between(0.28f, 0.4f);
        float reach = (size / 2f - radius) / 2;
        Vector2 centre = middle + new Vector2(random.Between(-reach, reach), random.Between(-reach, reach));
        float tilt = random.Between(-0.1f, 0.1f); // the tangent of half the angle
        float cos = (1 - tilt * tilt) / (1 + tilt * tilt);
        float sin = 2 * tilt / (1 + tilt * tilt);

        float contrast = random.Between(0.2f, 0.35f) * (random.Next(2) == 0 ? -1 : 1);
        Vector3 ground = new Vector3(0.5f - contrast) + random.Between3(-0.1f, 0.1f);
        Vector3 figure = new Vector3(0.5f + contrast) + random.Between3(-0.1f, 0.1f);
        Vector3 slopeX = random.Between3(-0.15f, 0.15f) / size;
        Vector3 slopeY = random.Between3(-0.15f, 0.15f) / size;
        Dot first = Dot.At(ref random, size);
        Dot second = Dot.At(ref random, size);
        float noise = random.Between(0, 0.15f);

        for (int y = 0, at = 0; y < size; y++)
        {
            for (int x = 0; x < size; x++, at += Channels)
            {
                int inFigure = 0, inFirst = 0, inSecond = 0;
                for (int s = 0; s < Grid * Grid; s++)
                {
                    var p = new Vector2(x + (s % Grid + 0.5f) / Grid, y + (s / Grid + 0.5f) / Grid);
                    Vector2 d = (p - centre) / radius;
                    if (covers(cos * d.X + sin * d.Y, cos * d.Y - sin * d.X)) inFigure++;
                    if (first.Covers(p)) inFirst++;
                    if (second.Covers(p)) inSecond++;
                }

                Vector3 colour = ground + slopeX * (x - middle.X) + slopeY * (y - middle.Y);
                colour = Blend(colour, first.Colour, inFirst);
                colour = Blend(colour, second.Colour, inSecond);
                colour = Blend(colour, figure, inFigure) + random.Between3(-noise, noise);
                for (int c = 0; c < Channels; c++)
                {
                    image[at + c] = (byte)(Math.Clamp(colour[c], 0, 1) * 255 + 0.5f);
                }
            }
        }
    }

    private static Vector3 Blend(Vector3 under, Vector3 over, int samples) => under + (over - under) * (samples / (float)(Grid * Grid));

    private static float Square(float u, float v) => u * u + v * v;

    private static float Edge(float u, float v) => Math.Max(Math.Abs(u), Math.Abs(v));

    // Which of five bands across the box.
    private static int Band(float u) => (int)((u + Box) * (2.5f / Box));

    private readonly record struct Dot(Vector2 Centre, float Radius, Vector3 Colour)
    {
        public static Dot At(ref SplitMix64 random, int size) => new(
            new Vector2(random.Between(0, size), random.Between(0, size)),
            size * random.Between(0.035f, 0.07f),
            random.Between3(0, 1));

        public bool Covers(Vector2 p) => Square(p.X - Centre.X, p.Y - Centre.Y) < Radius * Radius;
    }
}
