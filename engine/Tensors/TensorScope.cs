namespace Idsnn.Engine;

/// <summary>Disposes the tensors made while it was the device's innermost scope.</summary>
public sealed class TensorScope : IDisposable
{
    private readonly Device device;
    private readonly TensorScope? outer;
    private readonly List<Tensor> tensors = [];
    private bool disposed;

    internal TensorScope(Device device, TensorScope? outer)
    {
        this.device = device;
        this.outer = outer;
    }

    /// <summary>Disposes the tensors.</summary>
    /// <exception cref="InvalidOperationException">A scope that was opened in it is still open.</exception>
    public void Dispose()
    {
        if (disposed) return;
        if (device.CurrentScope != this)
        {
            throw new InvalidOperationException("a tensor scope was disposed while one in it is open; dispose the inner scope first");
        }

        foreach (var tensor in tensors) tensor.Dispose();
        tensors.Clear();
        disposed = true;
        device.CurrentScope = outer;
        if (outer is null) device.Exclusive.Release();
    }

    internal void Add(Tensor tensor) => tensors.Add(tensor);
}
