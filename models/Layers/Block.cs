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
internal sealed class Block(ModelSpec model, ConvBn[] path, ConvBn? shortcut) : IDisposable
{
    private IEnumerable<ConvBn> Layers => shortcut is null ? path : [.. path, shortcut];

    /// <summary>[T·N, H, W, Ci] to [T·N, H/stride, W/stride, Co]; consumes x.</summary>
    public Tensor Forward(Tensor x, bool training, ForwardProbe? probe = null)
    {
        var y = x;
        foreach (var layer in path[..^1])
        {
            // A step's input is no longer needed once it is computed; the block's own input is, for the shortcut.
            y = Replace(y, model.Kind == ModelKind.Ms ? Membrane(layer, y, training, probe) : Activate(layer, y, training, null, probe), x);
        }

        var result = model.Kind switch
        {
            ModelKind.Ms => AddSide(Membrane(path[^1], y, training, probe), Shortcut(x, training, probe)),
            ModelKind.Sew => AddSide(
                Activate(path[^1], y, training, null, probe), shortcut is null ? x : Activate(shortcut, x, training, null, probe)),
            _ => Activate(path[^1], y, training, Shortcut(x, training, probe), probe),
        };
        y.Dispose();
        x.Dispose();
        return result;
    }

    public IEnumerable<StateEntry> State() => Layers.SelectMany(layer => layer.State());

    public void Dispose()
    {
        foreach (var layer in Layers) layer.Dispose();
    }

    /// <summary>Disposes what was replaced, unless it is still wanted.</summary>
    private static Tensor Replace(Tensor old, Tensor value, Tensor keep)
    {
        if (old != keep) old.Dispose();
        return value;
    }

    private static Tensor AddSide(Tensor y, Tensor side)
    {
        using (y)
        using (side) return Ops.Add(y, side);
    }

    private Tensor Shortcut(Tensor x, bool training, ForwardProbe? probe) =>
        shortcut is null ? x : shortcut.Forward(x, training, probe: probe);

    /// <summary>Neuron, convolution, batch-norm.</summary>
    private Tensor Membrane(ConvBn layer, Tensor x, bool training, ForwardProbe? probe)
    {
        using var spikes = Ops.Lif(x, model.Neuron!, model.Timesteps, probe?.Neurons(layer.Spec.Conv));
        return layer.Forward(spikes, training, probe: probe);
    }

    /// <summary>Convolution, batch-norm, residual (which it consumes), activation.</summary>
    private Tensor Activate(ConvBn layer, Tensor x, bool training, Tensor? residual, ForwardProbe? probe)
    {
        using (residual)
        {
            return model.Neuron is { } neuron
                ? layer.Fire(x, training, residual, neuron, model.Timesteps, probe: probe)
                : layer.Rectify(x, training, residual, probe);
        }
    }
}
