using Idsnn.Engine;

namespace Idsnn.Models;

/// <summary>The convolutions of one residual block: a path of two or three, and a shortcut where stride or width change.</summary>
/// <param name="Path">The path.</param>
/// <param name="Shortcut">1×1 convolution and batch-norm, or null for the identity.</param>
public sealed record BlockSpec(IReadOnlyList<ConvBnSpec> Path, ConvBnSpec? Shortcut)
{
    /// <summary>Output channels of a block per channel of its stage.</summary>
    public static int Expansion(bool bottleneck) => bottleneck ? 4 : 1;

    /// <summary>The block called <paramref name="name"/>.</summary>
    public static BlockSpec Create(string name, bool bottleneck, int ci, int channels, int stride)
    {
        int co = channels * Expansion(bottleneck);
        ConvBnSpec Step(int i, int from, int to, int kernel, int step) =>
            new($"{name}.conv{i}", $"{name}.bn{i}", from, to, kernel, step, kernel / 2);
        ConvBnSpec[] path = bottleneck
            ? [Step(1, ci, channels, 1, 1), Step(2, channels, channels, 3, stride), Step(3, channels, co, 1, 1)]
            : [Step(1, ci, channels, 3, stride), Step(2, channels, channels, 3, 1)];
        var shortcut = stride == 1 && ci == co
            ? null
            : new ConvBnSpec($"{name}.downsample.0", $"{name}.downsample.1", ci, co, 1, stride, 0);
        return new BlockSpec(path, shortcut);
    }
}

/// <summary>A residual block of any kind.</summary>
internal sealed class Block(ModelKind kind, ConvBn[] path, ConvBn? shortcut, Func<Tensor, Tensor> activation) : IDisposable
{
    private IEnumerable<ConvBn> Layers => shortcut is null ? path : [.. path, shortcut];

    /// <summary>[T·N, H, W, Ci] to [T·N, H/stride, W/stride, Co]; consumes x.</summary>
    public Tensor Forward(Tensor x, bool training)
    {
        var y = x;
        for (int i = 0; i < path.Length; i++)
        {
            // Each step's input is no longer needed once it is computed; the block's own input is, for the shortcut.
            bool before = kind == ModelKind.Ms, after = !before && (i < path.Length - 1 || kind == ModelKind.Sew);
            if (before) y = Replace(y, activation(y), x);
            y = Replace(y, path[i].Forward(y, training), x);
            if (after) y = Replace(y, activation(y), x);
        }

        var side = x;
        if (shortcut is not null)
        {
            side = Replace(side, shortcut.Forward(side, training), null);
            if (kind == ModelKind.Sew) side = Replace(side, activation(side), null);
        }

        var sum = Ops.Add(y, side);
        y.Dispose();
        side.Dispose();
        return kind is ModelKind.Ann or ModelKind.Spiking ? Replace(sum, activation(sum), null) : sum;
    }

    public IEnumerable<StateEntry> State() => Layers.SelectMany(layer => layer.State());

    public void Dispose()
    {
        foreach (var layer in Layers) layer.Dispose();
    }

    /// <summary>Disposes what was replaced, unless it is still wanted.</summary>
    private static Tensor Replace(Tensor old, Tensor value, Tensor? keep)
    {
        if (old != keep) old.Dispose();
        return value;
    }
}
