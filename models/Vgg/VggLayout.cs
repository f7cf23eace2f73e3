namespace Idsnn.Models;

/// <summary>
/// VGG with batch-norm (Simonyan and Zisserman 2015, configurations A, B, D and E) as it is used for CIFAR: five stages of 3×3
/// convolutions, each followed by a 2×2 pooling, and one fully connected layer behind a global average pooling. Names are torchvision's;
/// convolutions have no bias, since the batch-norm behind them has one. A pooling that would leave no pixel, of images smaller than 32×32,
/// is left out.
/// </summary>
/// <param name="spec">The network.</param>
public sealed class VggLayout(ModelSpec spec) : NetworkLayout
{
    /// <summary>Channels of the first stage as published.</summary>
    public const int PublishedWidth = 64;

    /// <summary>Height and width of a pooling's window, and its stride.</summary>
    public const int Pool = 2;

    private const int MostDoublings = 3;

    private static readonly Dictionary<int, int[]> BlocksOfDepth = new()
    {
        [11] = [1, 1, 2, 2, 2],
        [13] = [2, 2, 2, 2, 2],
        [16] = [2, 2, 3, 3, 3],
        [19] = [2, 2, 4, 4, 4],
    };

    /// <summary>The depths that there are.</summary>
    public static IEnumerable<int> Depths => BlocksOfDepth.Keys;

    /// <inheritdoc/>
    public override IReadOnlyList<int> Blocks => BlocksOfDepth[spec.Depth];

    /// <inheritdoc/>
    public override IReadOnlyList<LinearSpec> Classifier => [new("classifier", Channels(Blocks.Count - 1), spec.Classes)];

    /// <summary>The convolutions of each stage, in order.</summary>
    public IEnumerable<ConvBnSpec[]> Stages()
    {
        int ci = spec.Channels, index = 0;
        for (int stage = 0; stage < Blocks.Count; stage++)
        {
            var convolutions = new ConvBnSpec[Blocks[stage]];
            for (int block = 0; block < convolutions.Length; block++)
            {
                int co = Channels(stage);
                convolutions[block] = new(
                    $"features.{index}", $"features.{index + 1}", ci, co, 3, 1, 1, new(LayerKind.Path, stage, block),
                    $"features.{index + 2}");
                ci = co;

                // torchvision counts the convolution, the batch-norm and the activation.
                index += 3;
            }

            // And the pooling.
            index++;
            yield return convolutions;
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<(ConvBnSpec Layer, int Size)> Sized(int imageSize)
    {
        int size = imageSize;
        foreach (var stage in Stages())
        {
            foreach (var layer in stage) yield return (layer, size);
            if (Pools(size)) size /= Pool;
        }
    }

    /// <summary>Whether a stage whose images have that height (or width) ends with a pooling.</summary>
    public static bool Pools(int size) => size >= Pool;

    private int Channels(int stage) => spec.Width << Math.Min(stage, MostDoublings);
}
