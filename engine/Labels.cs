using Idsnn.Kernels;
using ILGPU;

namespace Idsnn.Engine;

/// <summary>
/// Class indices on a device, [N], 0 … K−1. Where images are mixed (CutMix), each has a second class, and the share of the first.
/// </summary>
public sealed class Labels : IDisposable
{
    private readonly Storage storage;
    private bool disposed;

    /// <summary>Copies labels to the device.</summary>
    /// <exception cref="ArgumentException">A label is negative.</exception>
    public Labels(Device device, ReadOnlySpan<int> labels)
    {
        Count = labels.Length;
        Largest = LargestOf(labels);
        storage = new Storage(device.Memory, labels.Length);
        device.Upload(View, labels);
    }

    /// <summary>Copies mixed labels to the device.</summary>
    /// <param name="device">Where.</param>
    /// <param name="labels">[N].</param>
    /// <param name="second">The class of what was mixed into each image, [N].</param>
    /// <param name="shares">How much of each image is of its first class, 0 … 1, [N].</param>
    /// <exception cref="ArgumentException">Lengths differ, a label is negative, or a share is none.</exception>
    public Labels(Device device, ReadOnlySpan<int> labels, ReadOnlySpan<int> second, ReadOnlySpan<float> shares)
    {
        Count = labels.Length;
        Require.That(
            second.Length == Count && shares.Length == Count,
            $"Labels: {Count} labels need as many second labels and shares, got {second.Length} and {shares.Length}");
        foreach (float share in shares) Require.That(share is >= 0f and <= 1f, $"Labels: a share lies in [0, 1], got {share}");
        Largest = Math.Max(LargestOf(labels), LargestOf(second));
        AreMixed = true;
        storage = new Storage(device.Memory, 3 * Count);
        device.Upload(View, labels);
        device.Upload(SecondView, second);
        device.Upload(ShareView, shares);
    }

    /// <summary>N.</summary>
    public int Count { get; }

    /// <summary>Whether there are second labels.</summary>
    public bool AreMixed { get; }

    /// <summary>The largest label; the losses check it against the number of classes.</summary>
    internal int Largest { get; }

    internal ArrayView<int> View => Part(0).Cast<int>();

    internal LabelViews Views => new(View, SecondView, ShareView);

    /// <summary>The second labels; where there are none, the first.</summary>
    private ArrayView<int> SecondView => Part(AreMixed ? 1 : 0).Cast<int>();

    /// <summary>The shares; where there are none, nothing that means anything.</summary>
    private ArrayView<float> ShareView => Part(AreMixed ? 2 : 0);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (disposed) return;
        disposed = true;
        storage.Release();
    }

    private static int LargestOf(ReadOnlySpan<int> labels)
    {
        int largest = 0;
        foreach (int label in labels)
        {
            Require.That(label >= 0, $"Labels: a label is a class's index from 0 on, got {label}");
            largest = Math.Max(largest, label);
        }

        return largest;
    }

    private ArrayView<float> Part(int part) => disposed
        ? throw new ObjectDisposedException(nameof(Labels), "the labels were disposed")
        : storage.Block.Floats.SubView(part * Count, Count);
}
