using Idsnn.Datasets;
using Idsnn.Training;

namespace Idsnn.Tests.Tools;

/// <summary>Training on, and measuring with, a folder of image files.</summary>
public class FolderDatasetTests
{
    [Test]
    public void AFolderOfImagesTrainsAndEvaluates()
    {
        using var folder = new TemporaryFolder();
        foreach (string part in (string[])["train", "val"]) Fill(folder.File($"pets/{part}"));

        var train = CommandLine.Run(
            "train", "--dataset", "folder", "--data-path", folder.File("pets"), "--image-size", "12", "--stage", "teacher", "--teacher",
            "resnet18",
            "--width", "2", "--epochs", "1", "-b", "4", "--device", "cpu", "--output-dir", folder.File("run"));
        string checkpoint = Directory.EnumerateFiles(folder.File("run"), "last.safetensors", SearchOption.AllDirectories).Single();
        var eval = CommandLine.Run(
            "eval", "--checkpoint", checkpoint, "--dataset", "folder", "--data-path", folder.File("pets"), "--image-size", "12", "--device",
            "cpu");

        Assert.That((train.Code, train.Errors, eval.Code, eval.Errors), Is.EqualTo((0, "", 0, "")));
        Assert.That(train.Out, Does.Contain("pets, 8 + 8 images"));
        Assert.That(eval.Out, Does.Contain("on 8 images of pets (cpu)"));
        Assert.That(Checkpoint.Load(checkpoint).Info.ClassNames, Is.EqualTo(new[] { "cat", "dog" }));
    }

    [Test]
    public void ImagesOfOneColourTrain()
    {
        using var folder = new TemporaryFolder();
        foreach (string part in (string[])["train", "val"]) Fill(folder.File($"red/{part}"), red: true);

        var train = CommandLine.Run(
            "train", "--dataset", "folder", "--data-path", folder.File("red"), "--image-size", "12", "--stage", "teacher", "--teacher",
            "resnet18", "--width", "2", "--epochs", "1", "-b", "4", "--device", "cpu", "--output-dir", folder.File("run"));
        string checkpoint = Directory.EnumerateFiles(folder.File("run"), "last.safetensors", SearchOption.AllDirectories).Single();

        Assert.That((train.Code, train.Errors), Is.EqualTo((0, "")));
        Assert.That(Checkpoint.Load(checkpoint).Info.Normalization.Std[1..], Is.EqualTo(new[] { 1f, 1f }));
    }

    private static void Fill(string path, bool red = false)
    {
        foreach (string name in (string[])["cat", "dog"])
        {
            Directory.CreateDirectory(Path.Combine(path, name));
            for (int i = 0; i < 4; i++)
            {
                byte[] pixels = [.. Enumerable.Range(0, 15 * 20 * 3).Select(x => red && x % 3 > 0 ? (byte)0 : (byte)(x * (i + 1)))];
                File.WriteAllBytes(Path.Combine(path, name, $"{i}.png"), ImageFile.EncodePng(new RgbImage(pixels, 15, 20)));
            }
        }
    }
}
