namespace Idsnn.Models;

/// <summary>
/// The CIFAR ResNets: a 3×3 stem and stages of residual blocks, of which each after the first halves height and width and doubles the
/// channels. Depths 18, 34 (basic blocks), 50, 101 and 152 (bottlenecks) have four stages, as He et al. have for ImageNet; 20, 32, 44
/// and 56 three stages of as many blocks, as they have for CIFAR; 19 is tdBN's (Zheng et al. 2021), with two layers in its classifier.
/// </summary>
/// <param name="spec">The network.</param>
public sealed class ResNetLayout(ModelSpec spec) : NetworkLayout
{
    private static readonly Dictionary<int, int[]> BlocksOfDepth = new()
    {
        [18] = [2, 2, 2, 2],
        [19] = [3, 3, 2],
        [20] = [3, 3, 3],
        [32] = [5, 5, 5],
        [34] = [3, 4, 6, 3],
        [44] = [7, 7, 7],
        [50] = [3, 4, 6, 3],
        [56] = [9, 9, 9],
        [101] = [3, 4, 23, 3],
        [152] = [3, 8, 36, 3],
    };

    /// <summary>The depths that there are.</summary>
    public static IEnumerable<int> Depths => BlocksOfDepth.Keys;

    /// <summary>Channels of the first stage as published.</summary>
    public static int PublishedWidth(int depth) => depth switch
    {
        19 => 128,
        20 or 32 or 44 or 56 => 16,
        _ => 64,
    };

    /// <inheritdoc/>
    public override IReadOnlyList<int> Blocks => BlocksOfDepth[spec.Depth];

    /// <inheritdoc/>
    public override IReadOnlyList<LinearSpec> Classifier
    {
        get
        {
            int features = (spec.Width << (Blocks.Count - 1)) * BlockSpec.Expansion(IsBottleneck);
            return spec.Depth == 19
                ? [new("fc1", features, features / 2, "fc1_act"), new("fc2", features / 2, spec.Classes)]
                : [new("fc", features, spec.Classes)];
        }
    }

    /// <summary>The stem.</summary>
    public ConvBnSpec Stem => new(
        "conv1", "bn1", spec.Channels, spec.Width, 3, 1, spec.StemPadding, new(LayerKind.Stem), spec.Kind == ModelKind.Ms ? null : "act1");

    /// <inheritdoc/>
    public override string? Head => spec.Kind == ModelKind.Ms ? "act" : null;

    private bool IsBottleneck => spec.Depth is 50 or 101 or 152;

    /// <summary>The residual blocks of each stage, in order.</summary>
    public IEnumerable<BlockSpec[]> Stages()
    {
        int ci = spec.Width;
        for (int stage = 0; stage < Blocks.Count; stage++)
        {
            var blocks = new BlockSpec[Blocks[stage]];
            for (int block = 0; block < blocks.Length; block++)
            {
                int channels = spec.Width << stage, stride = stage > 0 && block == 0 ? 2 : 1;
                blocks[block] = BlockSpec.Create(spec.Kind, stage, block, IsBottleneck, ci, channels, stride);
                ci = channels * BlockSpec.Expansion(IsBottleneck);
            }

            yield return blocks;
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<(ConvBnSpec Layer, int Size)> Sized(int imageSize)
    {
        yield return (Stem, imageSize);
        int size = Stem.Output(imageSize);
        foreach (var block in Stages().SelectMany(stage => stage))
        {
            int input = size;
            foreach (var layer in block.Path)
            {
                yield return (layer, size);
                size = layer.Output(size);
            }

            if (block.Shortcut is not null) yield return (block.Shortcut, input);
        }
    }
}
