namespace Idsnn.Datasets;

/// <summary>First words of random streams: uses that share a seed must not share their draws.</summary>
internal static class Streams
{
    public const ulong Shuffle = 1;
    public const ulong Augmentation = 2;
    public const ulong SyntheticTrain = 3;
    public const ulong SyntheticTest = 4;
    public const ulong Policy = 5;
    public const ulong Cutout = 6;
    public const ulong CutMix = 7;
}
