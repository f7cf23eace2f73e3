namespace Idsnn.Training;

/// <summary>What a run learns.</summary>
public sealed record DataSpec
{
    /// <summary>cifar10, cifar100, folder or synthetic.</summary>
    public string Name { get; init; } = "synthetic";

    /// <summary>The folder of the data, or the published archive; synthetic data need none.</summary>
    public string Path { get; init; } = "data";

    /// <summary>Height and width that a folder's images are scaled and cropped to; null for 32.</summary>
    public int? ImageSize { get; init; }

    /// <summary>Training images used, the first so many; null for all.</summary>
    public int? LimitTrain { get; init; }

    /// <summary>Test images used, the first so many; null for all.</summary>
    public int? LimitTest { get; init; }

    /// <summary>Threads that prepare batches; results do not depend on them.</summary>
    public int Workers { get; init; } = 2;
}
