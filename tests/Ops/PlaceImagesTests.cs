using CsCheck;
using Idsnn.Datasets;
using Idsnn.Engine;
using Idsnn.Kernels.Ops;
using Idsnn.Training;

namespace Idsnn.Tests;

/// <summary>Augmentation on the device is to the bit what the reference makes of the same draws.</summary>
public sealed class PlaceImagesTests(string name) : DeviceTests(name)
{
    [Test]
    public void BatchesAreThoseOfTheReference() => Property.Holds(
        Gen.Select(Gen.Int[1, 20], Gen.Int[1, 9], Gen.Int[1, 12], Gen.Int[1, 4], Gen.Int[0, 15], Gen.ULong), samples: 15, sample =>
        {
            var (count, height, width, channels, choice, seed) = sample;
            float[] numbers = new Draw((int)(seed % 1000)).Fill([2 * channels], 0.1f, 1f), mean = numbers[..channels],
            std = numbers[channels..];
            var augmentation = new Augmentation(
                (choice & 1) != 0, (choice & 2) != 0, channels == 3 ? new AutoAugment() : null, (choice & 4) != 0 ? 5 : 0,
                (choice & 8) != 0 ? 0.8f : 0f);
            var loader = new BatchLoader(Random(count, height, width, channels, seed), 7, augmentation, shuffle: true, seed, workers: 0);
            using var scope = Device.Scope();
            using var feed = new ImageFeed(Device, mean, std);
            foreach (var batch in loader.Epoch(0))
            {
                Assert.That(feed.Load(batch).ToArray(), Is.EqualTo(ImageReference.Images(batch, mean, std)));
            }
        });

    [Test]
    public void AnImageWithoutDrawsIsNormalised()
    {
        Span<byte> pixels = [0, 255, 51, 102];
        var levels = Tensor.From(Device, [1, 256], [.. Enumerable.Range(0, 256).Select(x => x / 255f)]);
        var images = Tensor.Full(Device, [1, 2, 2, 1], -1f);
        Ops.PlaceImages(images, pixels, [default], levels);

        Assert.That(images.ToArray(), Is.EqualTo(new[] { 0f, 1f, 51 / 255f, 102 / 255f }));
    }

    [Test]
    public void WrongInputsAreRefused()
    {
        Tensor levels = Tensor.Full(Device, [1, 256], 0f), images = Tensor.Full(Device, [2, 1, 1, 1], 0f);
        var (none, beyond) = (default(ImagePlacement), default(ImagePlacement) with { Partner = 2 });
        Failure.Says(
            "PlaceImages: images must be [N, H, W, C], got [1, 256]", () => Ops.PlaceImages(levels, new byte[256], [none], levels));
        Failure.Says(
            "PlaceImages: images [2, 1, 1, 1] take 2 bytes and 2 placements, got 3 and 2",
            () => Ops.PlaceImages(images, new byte[3], [none, none], levels));
        Failure.Says(
            "PlaceImages: levels must be [1, 256], got [2, 1, 1, 1]", () => Ops.PlaceImages(images, new byte[2], [none, none], images));
        Failure.Says(
            "PlaceImages: a partner is one of 2 images, from 0 on, got 2",
            () => Ops.PlaceImages(images, new byte[2], [none, beyond], levels));
        Failure.Says(
            "normalisation takes as many positive standard deviations as means, got [0, 0] and [1]",
            () => _ = new ImageFeed(Device, [0, 0], [1]));
        Failure.Says(
            "normalisation takes as many positive standard deviations as means, got [0] and [0]",
            () => _ = new ImageFeed(Device, [0], [0]));
    }

    private static ImageSet Random(int count, int height, int width, int channels, ulong seed)
    {
        var pixels = new byte[count * height * width * channels];
        new Random((int)(seed % 1000)).NextBytes(pixels);
        return new ImageSet(pixels, [.. Enumerable.Range(0, count)], height, width, channels);
    }
}
