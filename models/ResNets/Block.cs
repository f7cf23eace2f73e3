using Idsnn.Engine;

namespace Idsnn.Models;

/// <summary>A residual block of any kind.</summary>
internal sealed class Block(ModelSpec model, ConvBn[] path, ConvBn? shortcut) : IDisposable
{
    private IEnumerable<ConvBn> Layers => shortcut is null ? path : [.. path, shortcut];

    /// <summary>[T·N, H, W, Ci] to [T·N, H/stride, W/stride, Co]; consumes x.</summary>
    public Tensor Forward(Tensor x, Pass pass)
    {
        var y = x;
        foreach (var layer in path[..^1])
        {
            // A step's input is no longer needed once it is computed; the block's own input is, for the shortcut.
            y = Replace(y, model.Kind == ModelKind.Ms ? Membrane(layer, y, pass) : Activate(layer, y, pass, null), x);
        }

        var result = model.Kind switch
        {
            ModelKind.Ms => AddSide(Membrane(path[^1], y, pass), Shortcut(x, pass)),
            ModelKind.Sew => AddSide(
                Activate(path[^1], y, pass, null), shortcut is null ? x : Activate(shortcut, x, pass, null)),
            _ => Activate(path[^1], y, pass, Shortcut(x, pass)),
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

    private Tensor Shortcut(Tensor x, Pass pass) => shortcut is null ? x : shortcut.Forward(x, pass);

    /// <summary>Neuron, convolution, batch-norm.</summary>
    private Tensor Membrane(ConvBn layer, Tensor x, Pass pass)
    {
        using var spikes = Ops.Lif(x, model.Neuron!, model.Timesteps, pass.Probe?.Neurons(layer.Spec.Conv));
        return layer.Forward(spikes, pass);
    }

    /// <summary>Convolution, batch-norm, residual (which it consumes), activation.</summary>
    private Tensor Activate(ConvBn layer, Tensor x, Pass pass, Tensor? residual)
    {
        using (residual)
        {
            return model.Neuron is { } neuron
                ? layer.Fire(x, pass, neuron, model.Timesteps, residual)
                : layer.Rectify(x, pass, residual);
        }
    }
}
