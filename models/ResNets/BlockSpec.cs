namespace Idsnn.Models;

/// <summary>The convolutions of one residual block: a path of two or three, and a shortcut where stride or width change.</summary>
/// <param name="Path">The path.</param>
/// <param name="Shortcut">1×1 convolution and batch-norm, or null for the identity.</param>
public sealed record BlockSpec(IReadOnlyList<ConvBnSpec> Path, ConvBnSpec? Shortcut)
{
    /// <summary>Output channels of a block per channel of its stage.</summary>
    public static int Expansion(bool bottleneck) => bottleneck ? 4 : 1;

    /// <summary>One block of a stage.</summary>
    /// <param name="kind">How it computes, and so where it has activations.</param>
    /// <param name="stage">The stage, from 0.</param>
    /// <param name="block">The block, from 0.</param>
    /// <param name="bottleneck">Whether its path is 1×1, 3×3, 1×1 instead of two 3×3.</param>
    /// <param name="ci">Channels of its input.</param>
    /// <param name="channels">Channels of its stage.</param>
    /// <param name="stride">Of its first 3×3 convolution and of its shortcut.</param>
    public static BlockSpec Create(ModelKind kind, int stage, int block, bool bottleneck, int ci, int channels, int stride)
    {
        string name = $"layer{stage + 1}.{block}";
        int co = channels * Expansion(bottleneck);
        ConvBnSpec Step(int i, int from, int to, int kernel, int step) => new(
            $"{name}.conv{i}", $"{name}.bn{i}", from, to, kernel, step, kernel / 2, new(LayerKind.Path, stage, block, i - 1),
            $"{name}.act{i}");
        ConvBnSpec[] path = bottleneck
            ? [Step(1, ci, channels, 1, 1), Step(2, channels, channels, 3, stride), Step(3, channels, co, 1, 1)]
            : [Step(1, ci, channels, 3, stride), Step(2, channels, channels, 3, 1)];
        var shortcut = stride == 1 && ci == co
            ? null
            : new ConvBnSpec(
                $"{name}.downsample.0", $"{name}.downsample.1", ci, co, 1, stride, 0, new(LayerKind.Shortcut, stage, block),
                kind == ModelKind.Sew ? $"{name}.downsample.2" : null);
        return new BlockSpec(path, shortcut);
    }
}
