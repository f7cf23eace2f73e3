using ILGPU;

namespace Idsnn.Engine;

/// <summary>Which batch a network sees, on the device: random numbers are drawn by it, and work that is replayed draws anew.</summary>
public sealed class DrawNumber : IDisposable
{
    private readonly Storage storage;
    private bool disposed;

    /// <summary>Zero.</summary>
    public DrawNumber(Device device)
    {
        Device = device;
        storage = new Storage(device.Memory, sizeof(ulong) / sizeof(float));
        Set(0);
    }

    /// <summary>Where it lies.</summary>
    internal Device Device { get; }

    internal ArrayView<ulong> View => disposed
        ? throw new ObjectDisposedException(nameof(DrawNumber), "the draw number was disposed")
        : storage.Block.Floats.Cast<ulong>().SubView(0, 1);

    /// <summary>Sets it for what is queued from now on.</summary>
    public void Set(ulong number) => Device.Launcher.Run(new SetNumber(View, number), 1);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (disposed) return;
        disposed = true;
        storage.Release();
    }
}
