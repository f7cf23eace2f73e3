using Idsnn.Datasets;

namespace Idsnn.Tools.Train;

/// <summary>Loads the data set that options name.</summary>
internal static class DataSource
{
    public const int SyntheticTrain = 2000, SyntheticTest = 1000, SyntheticSize = 32;

    public static Dataset Load(string name, string path, int? limitTrain, int? limitTest)
    {
        var dataset = name.ToLowerInvariant() switch
        {
            "cifar10" => Cifar.Load10(path),
            "cifar100" => Cifar.Load100(path),
            "synthetic" => Synthetic.Create(
                Math.Max(SyntheticTrain, limitTrain ?? 0), Math.Max(SyntheticTest, limitTest ?? 0), SyntheticSize),
            _ => throw new ArgumentException($"--dataset: '{name}' is not one of cifar10, cifar100, synthetic"),
        };
        return dataset with
        {
            Train = Limit("--limit-train", dataset.Train, limitTrain),
            Test = Limit("--limit-test", dataset.Test, limitTest),
        };
    }

    private static ImageSet Limit(string option, ImageSet set, int? limit)
    {
        if (limit is null) return set;
        if (limit < 1) throw new ArgumentException($"{option} must be at least 1, got {limit}");
        return set.Take(Math.Min(limit.Value, set.Count));
    }
}
