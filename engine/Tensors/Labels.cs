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
        Largest = LargestOf(labels);
        (Device, Count, storage) = (device, labels.Length, new Storage(device.Memory, labels.Length));
        Device.Upload(View, labels);
    }

    /// <summary>Copies mixed labels to the device.</summary>
    /// <param name="device">Where.</param>
    /// <param name="labels">[N].</param>
    /// <param name="second">The class of what was mixed into each image, [N].</param>
    /// <param name="shares">How much of each image is of its first class, 0 … 1, [N].</param>
    /// <exception cref="ArgumentException">Lengths differ, a label is negative, or a share is none.</exception>
    public Labels(Device device, ReadOnlySpan<int> labels, ReadOnlySpan<int> second, ReadOnlySpan<float> shares)
    {
        Largest = LargestOf(labels, second, shares);
        AreMixed = true;
        (Device, Count, storage) = (device, labels.Length, new Storage(device.Memory, 3 * labels.Length));
        Upload(labels, second, shares);
    }

    /// <summary>Puts other labels in place of these.</summary>
    /// <param name="labels">[N].</param>
    /// <param name="second">[N], where the labels are mixed; else nothing.</param>
    /// <param name="shares">[N], where the labels are mixed; else nothing.</param>
    /// <exception cref="ArgumentException">Lengths differ, a label is negative, or a share is none.</exception>
    public void CopyFrom(ReadOnlySpan<int> labels, ReadOnlySpan<int> second = default, ReadOnlySpan<float> shares = default)
    {
        Require.That(labels.Length == Count, $"Labels: {labels.Length} labels where {Count} are to be replaced");
        Largest = AreMixed ? LargestOf(labels, second, shares) : LargestOf(labels);
        if (AreMixed) Upload(labels, second, shares);
        else Device.Upload(View, labels);
    }

    /// <summary>Where they lie.</summary>
    internal Device Device { get; }

    /// <summary>N.</summary>
    public int Count { get; }

    /// <summary>Whether there are second labels.</summary>
    public bool AreMixed { get; }

    /// <summary>The largest label; the losses check it against the number of classes.</summary>
    internal int Largest { get; private set; }

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

    private void Upload(ReadOnlySpan<int> labels, ReadOnlySpan<int> second, ReadOnlySpan<float> shares)
    {
        Device.Upload(View, labels);
        Device.Upload(SecondView, second);
        Device.Upload(ShareView, shares);
    }

    private static int LargestOf(ReadOnlySpan<int> labels, ReadOnlySpan<int> second, ReadOnlySpan<float> shares)
    {
        Require.That(
            second.Length == labels.Length && shares.Length == labels.Length,
            $"Labels: {labels.Length} labels need as many second labels and shares, got {second.Length} and {shares.Length}");
        foreach (float share in shares) Require.That(share is >= 0f and <= 1f, $"Labels: a share lies in [0, 1], got {share}");
        return Math.Max(LargestOf(labels), LargestOf(second));
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
