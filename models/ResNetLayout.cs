namespace Idsnn.Models;

/// <summary>Which convolutions a network of the family has; both the network and its summary are made from it.</summary>
public static class ResNetLayout
{
    /// <summary>The stem.</summary>
    public static ConvBnSpec Stem(ModelSpec spec) => new("conv1", "bn1", ModelSpec.ImageChannels, spec.Width, 3, 1, spec.StemPadding);

    /// <summary>The residual blocks, in order.</summary>
    public static IEnumerable<BlockSpec> Blocks(ModelSpec spec)
    {
        int ci = spec.Width;
        for (int stage = 0; stage < spec.Blocks.Count; stage++)
        {
            int channels = spec.Width << stage;
            for (int block = 0; block < spec.Blocks[stage]; block++)
            {
                int stride = stage > 0 && block == 0 ? 2 : 1;
                yield return BlockSpec.Create($"layer{stage + 1}.{block}", spec.Bottleneck, ci, channels, stride);
                ci = channels * BlockSpec.Expansion(spec.Bottleneck);
            }
        }
    }

    /// <summary>All convolutions, each with its batch-norm.</summary>
    public static IEnumerable<ConvBnSpec> Layers(ModelSpec spec) =>
        Blocks(spec).SelectMany(block => block.Shortcut is null ? block.Path : [.. block.Path, block.Shortcut]).Prepend(Stem(spec));

    /// <summary>Inputs of the classifier.</summary>
    public static int Features(ModelSpec spec) => (spec.Width << (spec.Blocks.Count - 1)) * BlockSpec.Expansion(spec.Bottleneck);
}
