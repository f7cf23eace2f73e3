using ILGPU;

namespace Idsnn.Engine;

/// <summary>Class indices on a device, [N], 0 … K−1.</summary>
public sealed class Labels : IDisposable
{
    private readonly Storage storage;
    private bool disposed;

    /// <summary>Copies labels to the device.</summary>
    /// <exception cref="ArgumentException">A label is negative.</exception>
    public Labels(Device device, ReadOnlySpan<int> labels)
    {
        Count = labels.Length;
        foreach (int label in labels)
        {
            Require.That(label >= 0, $"Labels: a label is a class's index from 0 on, got {label}");
            Largest = Math.Max(Largest, label);
        }

        storage = new Storage(device.Memory, labels.Length);
        device.Upload(View, labels);
    }

    /// <summary>N.</summary>
    public int Count { get; }

    /// <summary>The largest label; the losses check it against the number of classes.</summary>
    internal int Largest { get; }

    internal ArrayView<int> View => disposed
        ? throw new ObjectDisposedException(nameof(Labels), "the labels were disposed")
        : storage.Block.Floats.Cast<int>().SubView(0, Count);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (disposed) return;
        disposed = true;
        storage.Release();
    }
}
