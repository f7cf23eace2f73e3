namespace Idsnn.Datasets;

/// <summary>What CIFAR-10 and CIFAR-100 differ in.  The image follows LabelBytes bytes, the last of which is the label.</summary>
internal sealed record CifarFormat(
    string Name,
    string Folder,
    string Archive,
    string[] TrainFiles,
    string TestFile,
    string NamesFile,
    int LabelBytes,
    string[] ClassNames,
    float[] Mean,
    float[] Std)
{
    public IEnumerable<string> ImageFiles => TrainFiles.Append(TestFile);

    /// <summary>How every error ends.</summary>
    public string Remedy =>
        $"download https://www.cs.toronto.edu/~kriz/{Archive} and give the folder you put it in with --data-path.";
}
