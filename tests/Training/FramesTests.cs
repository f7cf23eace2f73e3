using Idsnn.Datasets;
using Idsnn.Engine;
using Idsnn.Models;
using Idsnn.Training;

namespace Idsnn.Tests.Training;

/// <summary>Films of several frames and of one, two or four channels, from the data set to the checkpoint.</summary>
public sealed class FramesTests(string name) : DeviceTests(name)
{
    private const int Size = 8;

    private static readonly ModelSpec Model = new(
        ModelKind.Spiking, 18, 3, 2, Timesteps: 2, Neuron: new Neuron(), Encoder: Encoder.Frames, Channels: 2);

    [Test]
    public void FramesReachTheNetworkInTime()
    {
        var data = Films(count: 5, frames: 2, channels: 2);
        var batch = new BatchLoader(data.Train, 3, Augmentation.None, shuffle: false, seed: 0).Epoch(0).First();
        using var feed = new ImageFeed(Device, data.Mean, data.Std);
        var images = feed.Load(batch);

        Assert.That(images.Shape, Is.EqualTo(Shape.Create([6, Size, Size, 2])));
        float[] pixels = images.ToArray();
        foreach (var (frame, image) in (ReadOnlySpan<(int, int)>)[(0, 0), (0, 2), (1, 0), (1, 2)])
        {
            var expected = data.Train.Image(image).Slice(frame * data.Train.FrameBytes, data.Train.FrameBytes).ToArray();
            int at = ((frame * 3) + image) * data.Train.FrameBytes;
            Assert.That(
                pixels[at..(at + expected.Length)],
                Is.EqualTo(expected.Select((x, i) => ((x / 255f) - data.Mean[i % 2]) / data.Std[i % 2])).Within(1e-6),
                $"frame {frame} of image {image}");
        }
    }

    /// <summary>The logits are those of the frames one by one where the neurons forget, and not where they remember.</summary>
    [Test]
    public void EachTimeStepSeesItsFrame([Values(0f, 0.5f)] float decay)
    {
        var spec = Model with { Neuron = new Neuron(Decay: decay) };
        using var net = Network.Create(Device, spec, seed: 1, gammaStart: 4f);
        float[] frames = new Draw(1).Fill([4, Size, Size, 2], -2f, 2f);
        float[] together = net.Forward(From([4, Size, Size, 2], frames), Pass.Evaluation with { PerStep = true }).ToArray();
        using var single = Network.Create(Device, spec with { Timesteps = 1 }, seed: 1, gammaStart: 4f);
        float[] apart = single.Forward(From([4, Size, Size, 2], frames), Pass.Evaluation).ToArray();

        if (decay == 0f) Close.To(apart.Widen(), together, 1e-5, "logits");
        else Assert.That(together[4..], Is.Not.EqualTo(apart[4..]).Within(1e-3), "the second step remembers the first");
    }

    [Test]
    public void AFilmIsAugmentedAlikeInAllItsFrames()
    {
        byte[] film = new byte[4 * 2 * Size * Size];
        for (int i = 0; i < 4; i++)
        {
            new Draw(i).Fill([Size * Size]).Select(v => (byte)(128 + (100 * v))).ToArray().CopyTo(film, i * 2 * Size * Size);
        }

        for (int i = 0; i < 4; i++) film.AsSpan(i * 2 * Size * Size, Size * Size).CopyTo(film.AsSpan(((i * 2) + 1) * Size * Size));
        var set = new ImageSet(film, [0, 1, 0, 1], Size, Size, 1, frames: 2);
        var batch = new BatchLoader(set, 4, Augmentation.CropFlip with { CutMix = 1f, Cutout = 3 }, shuffle: true, seed: 3).Epoch(0)
            .First();
        using var feed = new ImageFeed(Device, [0.4f], [0.2f]);
        float[] images = feed.Load(batch).ToArray(), first = images[..(images.Length / 2)], second = images[(images.Length / 2)..];

        Assert.That(second, Is.EqualTo(first));
    }

    [Test]
    public void ItTrainsAndItsCheckpointLoads()
    {
        var data = Films(count: 24, frames: 2, channels: 2);
        var options = Tiny.Options(epochs: 1);
        using var net = Network.Create(Device, Model, seed: 1);
        var result = Trainer.Train(net, null, data, options);
        Assert.That(result.Epochs[0].Train.Loss, Is.GreaterThan(0).And.LessThan(5));

        var info = new CheckpointInfo(Model, data.Name, data.ClassNames, new(data.Mean, data.Std), 1, 0.5, Size);
        string file = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"frames-{Guid.NewGuid():N}.safetensors");
        try
        {
            Checkpoint.Save(file, net, info);
            using var again = Checkpoint.Load(file).Build(Device);
            Assert.That(again.Spec, Is.EqualTo(Model));
            Assert.That(Evaluator.Evaluate(again, data, 5), Is.EqualTo(Evaluator.Evaluate(net, data, 5)));
            Assert.That(InsightMaker.Of("student", again, null, data, 5, new EnergyCosts()).Images, Is.EqualTo(24));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Test]
    public void DataThatDoNotFitTheNetworkAreRefused()
    {
        var data = Films(count: 4, frames: 2, channels: 2);
        void Says(string message, ModelSpec spec)
        {
            using var net = Network.Create(Device, spec, seed: 1);
            Failure.Says(message, () => Trainer.Train(net, null, data, Tiny.Options(1)));
        }

        Says("the train set has images of 2 frames, and spiking-resnet18 takes 1", Model with { Encoder = Encoder.Direct });
        Says("the train set has images of 2 frames, and spiking-resnet18 takes 3", Model with { Timesteps = 3 });
        Says("the train set has images of 2 channels, and spiking-resnet18 takes 3", Model with { Channels = 3 });
        Failure.Says("images have from 1 to 4 channels, got 5", (Model with { Channels = 5 }).Validate);
        Failure.Says(
            "Augmentation: policies are for images of 3 channels, got 2",
            () => _ = new BatchLoader(data.Train, 2, Augmentation.CropFlip with { Policy = new AutoAugment() }, shuffle: false, seed: 0));
        Failure.Says(
            "Augmentation: policies are for images of one frame, got 2; crop, flip, Cutout and CutMix are for any",
            () => _ = new BatchLoader(
                Films(4, 2, 3).Train, 2, Augmentation.CropFlip with { Policy = new AutoAugment() }, shuffle: false, seed: 0));
    }

    [Test]
    public void APictureShowsTheMeanOfTheFrames()
    {
        Assert.That(new ImageSet([10, 30], [0], 1, 1, 1, frames: 2).Picture(0).Pixels, Is.EqualTo(new byte[] { 20, 20, 20 }));
        Assert.That(new ImageSet([10, 50, 30, 70], [0], 1, 1, 2, frames: 2).Picture(0).Pixels, Is.EqualTo(new byte[] { 20, 0, 60 }));
        Assert.That(new ImageSet([1, 2, 3, 4], [0], 1, 1, 4).Picture(0).Pixels, Is.EqualTo(new byte[] { 1, 2, 3 }));
    }

    private static Dataset Films(int count, int frames, int channels)
    {
        byte[] pixels = [.. new Draw(5).Fill([count, frames, Size, Size, channels]).Select(v => (byte)(128 + (100 * v)))];
        var set = new ImageSet(pixels, [.. Enumerable.Range(0, count).Select(i => i % 2)], Size, Size, channels, frames);
        var (mean, std) = set.Statistics();
        return new Dataset("films", set, set, ["a", "b"], mean, std);
    }
}
