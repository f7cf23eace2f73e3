using Idsnn.Datasets;

namespace Idsnn.Tools.Train;

/// <summary>Loads the data set that options name.</summary>
internal static class DataSource
{
    public const int SyntheticTrain = 2000, SyntheticTest = 1000, SyntheticSize = 32;
    private const int SyntheticMost = 200_000;
    private const int FolderSize = 32, FolderLeast = 8, FolderMost = 512;

    public static Dataset Load(string name, string path, int? limitTrain, int? limitTest, int? imageSize = null)
    {
        string set = name.ToLowerInvariant();
        if (imageSize is not null && set != "folder") throw new ArgumentException($"--image-size is for --dataset folder; {name} has its own");
        if (imageSize is < FolderLeast or > FolderMost)
        {
            throw new ArgumentException($"--image-size must be from {FolderLeast} to {FolderMost}, got {imageSize}");
        }

        int most = set == "synthetic" ? SyntheticMost : int.MaxValue;
        RequireLimit("--limit-train", limitTrain, most);
        RequireLimit("--limit-test", limitTest, most);
        var dataset = set switch
        {
            "cifar10" => Cifar.Load10(path),
            "cifar100" => Cifar.Load100(path),
            "synthetic" => Synthetic.Create(
                Math.Max(SyntheticTrain, limitTrain ?? 0), Math.Max(SyntheticTest, limitTest ?? 0), SyntheticSize),
            "folder" => ImageFolder.Load(path, imageSize ?? FolderSize),
            _ => throw new ArgumentException($"--dataset: '{SafeText.Of(name)}' is not one of cifar10, cifar100, folder, synthetic"),
        };
        return dataset with
        {
            Train = Limit(dataset.Train, limitTrain),
            Test = Limit(dataset.Test, limitTest),
        };
    }

    private static ImageSet Limit(ImageSet set, int? limit) => limit is null ? set : set.Take(Math.Min(limit.Value, set.Count));

    private static void RequireLimit(string option, int? limit, int most)
    {
        if (limit < 1) throw new ArgumentException($"{option} must be at least 1, got {limit}");
        if (limit > most) throw new ArgumentException($"{option}: synthetic has at most {most} images, got {limit}");
    }
}
