namespace Idsnn.Engine;

public static partial class Ops
{
    /// <summary>
    /// Copies images to the device as bytes, and there places and normalises them (<see cref="Kernels.Ops.PlaceImages"/>), without waiting
    /// for the device; not recorded.
    /// </summary>
    /// <param name="images">[N, H, W, C], overwritten.</param>
    /// <param name="pixels">[N, H, W, C].</param>
    /// <param name="placements">[N].</param>
    /// <param name="levels">[C, 256]: the number that each byte becomes.</param>
    /// <exception cref="ArgumentException">Shapes or numbers do not fit, or a partner is no image of the batch.</exception>
    public static void PlaceImages(
        Tensor images, ReadOnlySpan<byte> pixels, ReadOnlySpan<ImagePlacement> placements, Tensor levels)
    {
        var shape = images.Shape;
        Require.OneDevice("PlaceImages", images.Device, levels.Device);
        Require.That(shape.Rank == 4, $"PlaceImages: images must be [N, H, W, C], got {shape}");
        Require.That(
            pixels.Length == shape.Size && placements.Length == shape[0],
            $"PlaceImages: images {shape} take {shape.Size} bytes and {shape[0]} placements, got {pixels.Length} and {placements.Length}");
        Require.That(
            levels.Shape == [shape[3], Kernels.Ops.PlaceImages.Levels],
            $"PlaceImages: levels must be [{shape[3]}, {Kernels.Ops.PlaceImages.Levels}], got {levels.Shape}");
        foreach (var placement in placements)
        {
            Require.That(
                placement.Partner >= 0 && placement.Partner < shape[0],
                $"PlaceImages: a partner is one of {shape[0]} images, from 0 on, got {placement.Partner}");
        }

        var device = images.Device;
        Storage bytes = Staged(device, pixels), places = Staged(device, placements);
        device.Launcher.Run(
            new PlaceImages(
                bytes.Block.Floats.Cast<byte>(), places.Block.Floats.Cast<ImagePlacement>(), levels.View, images.View,
                new ImageSize(shape[1], shape[2], shape[3])),
            shape.Size);
        bytes.Release();
        places.Release();
        images.Changed();
    }

    private static unsafe Storage Staged<T>(Device device, ReadOnlySpan<T> elements)
        where T : unmanaged
    {
        var storage = new Storage(device.Memory, (((long)elements.Length * sizeof(T)) + sizeof(float) - 1) / sizeof(float));
        device.Upload(storage.Block.Floats.Cast<T>().SubView(0, elements.Length), elements);
        return storage;
    }
}
