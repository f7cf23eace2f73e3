using Idsnn.Kernels;
using ILGPU;

namespace Idsnn.Engine;

/// <summary>Which batch a network sees, on the device: random numbers are drawn by it, and work that is replayed draws anew.</summary>
public sealed class DrawNumber : IDisposable
{
    private readonly Device device;
    private readonly Storage storage;

    /// <summary>Zero.</summary>
    public DrawNumber(Device device)
    {
        this.device = device;
        storage = new Storage(device.Memory, sizeof(ulong) / sizeof(float));
        Set(0);
    }

    internal ArrayView<ulong> View => storage.Block.Floats.Cast<ulong>().SubView(0, 1);

    /// <summary>Sets it for what is queued from now on.</summary>
    public void Set(ulong number) => device.Launcher.Run(new SetNumber(View, number), 1);

    /// <inheritdoc/>
    public void Dispose() => storage.Release();
}
