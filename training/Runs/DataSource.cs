using Idsnn.Datasets;

namespace Idsnn.Runs;

/// <summary>Loads the data set that a name stands for.</summary>
public static class DataSource
{
    private const int SyntheticTrain = 2000, SyntheticTest = 1000, SyntheticSize = 32, SyntheticMost = 200_000;
    private const int FolderSize = 32, FolderLeast = 8, FolderMost = 512;

    /// <summary>Reads it, or draws it.</summary>
    /// <exception cref="SettingException">There is no such data set, or a limit or the image size makes no sense.</exception>
    /// <exception cref="IOException">Its files are not there.</exception>
    /// <exception cref="InvalidDataException">Its files are damaged.</exception>
    public static Dataset Load(DataSpec data)
    {
        string set = data.Name.ToLowerInvariant();
        if (data.ImageSize is not null && set != "folder")
        {
            throw new SettingException($"{RunSettings.ImageSize} is for {RunSettings.Dataset} folder; {data.Name} has its own");
        }

        if (data.ImageSize is < FolderLeast or > FolderMost)
        {
            throw new SettingException($"{RunSettings.ImageSize} must be from {FolderLeast} to {FolderMost}, got {data.ImageSize}");
        }

        int most = set == "synthetic" ? SyntheticMost : int.MaxValue;
        RequireLimit(RunSettings.LimitTrain, data.LimitTrain, most);
        RequireLimit(RunSettings.LimitTest, data.LimitTest, most);
        var dataset = set switch
        {
            "cifar10" => Cifar.Load10(data.Path),
            "cifar100" => Cifar.Load100(data.Path),
            "synthetic" => Synthetic.Create(
                Math.Max(SyntheticTrain, data.LimitTrain ?? 0), Math.Max(SyntheticTest, data.LimitTest ?? 0), SyntheticSize),
            "folder" => ImageFolder.Load(data.Path, data.ImageSize ?? FolderSize),
            _ => throw new SettingException(
                $"{RunSettings.Dataset}: '{SafeText.Of(data.Name)}' is not one of cifar10, cifar100, folder, synthetic"),
        };
        return dataset with
        {
            Train = Limit(dataset.Train, data.LimitTrain),
            Test = Limit(dataset.Test, data.LimitTest),
        };
    }

    private static ImageSet Limit(ImageSet set, int? limit) => limit is null ? set : set.Take(Math.Min(limit.Value, set.Count));

    private static void RequireLimit(RunSetting setting, int? limit, int most)
    {
        if (limit < 1) throw new SettingException($"{setting} must be at least 1, got {limit}");
        if (limit > most) throw new SettingException($"{setting}: synthetic has at most {most} images, got {limit}");
    }
}
