using Idsnn.Engine;

namespace Idsnn.Models;

/// <summary>A residual block of any kind.</summary>
internal sealed class Block(ModelKind kind, ConvBn[] path, ConvBn? shortcut) : IDisposable
{
    private IEnumerable<ConvBn> Layers => shortcut is null ? path : [.. path, shortcut];

    /// <summary>[T·N, H, W, Ci] to [T·N, H/stride, W/stride, Co]; consumes x.</summary>
    public Tensor Forward(Tensor x, Pass pass)
    {
        var y = x;
        foreach (var layer in path[..^1])
        {
            // A step's input is no longer needed once it is computed; the block's own input is, for the shortcut.
            y = Replace(y, kind == ModelKind.Ms ? layer.ActivateBefore(y, pass) : layer.Activate(y, pass), x);
        }

        var result = kind switch
        {
            ModelKind.Ms => AddSide(path[^1].ActivateBefore(y, pass), Shortcut(x, pass)),
            ModelKind.Sew => AddSide(path[^1].Activate(y, pass), shortcut is null ? x : shortcut.Activate(x, pass)),
            _ => ActivateSum(path[^1], y, Shortcut(x, pass), pass),
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

    /// <summary>Convolution, batch-norm, residual, which it consumes, and activation.</summary>
    private static Tensor ActivateSum(ConvBn layer, Tensor x, Tensor residual, Pass pass)
    {
        using (residual) return layer.Activate(x, pass, residual);
    }

    private Tensor Shortcut(Tensor x, Pass pass) => shortcut is null ? x : shortcut.Forward(x, pass);
}
