namespace Idsnn.Engine;

/// <summary>Disposes the tensors made while it was the device's innermost scope.</summary>
public sealed class TensorScope : IDisposable
{
    private readonly Device device;
    private readonly TensorScope? outer;
    private readonly List<Tensor> tensors = [];

    internal TensorScope(Device device, TensorScope? outer)
    {
        this.device = device;
        this.outer = outer;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in tensors) tensor.Dispose();
        tensors.Clear();
        if (device.CurrentScope == this) device.CurrentScope = outer;
    }

    internal void Add(Tensor tensor) => tensors.Add(tensor);
}
