namespace Idsnn.Datasets;

/// <summary>What CIFAR-10 and CIFAR-100 differ in. The image follows LabelBytes bytes, the last of which is the label.</summary>
internal sealed record CifarFormat(
    string Name,
    string Folder,
    string Archive,
    string Md5,
    long ArchiveBytes,
    string[] TrainFiles,
    int TrainRecords,
    string TestFile,
    int TestRecords,
    string NamesFile,
    int LabelBytes,
    string[] ClassNames,
    float[] Mean,
    float[] Std)
{
    /// <summary>Bytes of a planar image of [3,32,32].</summary>
    public const int ImageBytes = 3 * 32 * 32;

    private const int MostBytesOfNames = 1 << 16;

    /// <summary>Where both are published.</summary>
    public const string BaseUrl = "https://www.cs.toronto.edu/~kriz/";

    public static CifarFormat Ten => new(
        "CIFAR-10",
        Folder: "cifar-10-batches-bin",
        Archive: "cifar-10-binary.tar.gz",
        Md5: "c32a1d4ab5d03f1284b67883e8d87530",
        ArchiveBytes: 170_052_171,
        TrainFiles: ["data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin"],
        TrainRecords: 10_000,
        TestFile: "test_batch.bin",
        TestRecords: 10_000,
        NamesFile: "batches.meta.txt",
        LabelBytes: 1,
        CifarNames.Ten,
        Mean: [0.4914f, 0.4822f, 0.4465f],
        Std: [0.2470f, 0.2435f, 0.2616f]);

    public static CifarFormat Hundred => new(
        "CIFAR-100",
        Folder: "cifar-100-binary",
        Archive: "cifar-100-binary.tar.gz",
        Md5: "03b5dce01913d631647c71ecec9e9cb8",
        ArchiveBytes: 168_513_733,
        TrainFiles: ["train.bin"],
        TrainRecords: 50_000,
        TestFile: "test.bin",
        TestRecords: 10_000,
        NamesFile: "fine_label_names.txt",
        LabelBytes: 2,
        CifarNames.Hundred,
        Mean: [0.5071f, 0.4865f, 0.4409f],
        Std: [0.2673f, 0.2564f, 0.2762f]);

    public IEnumerable<string> ImageFiles => TrainFiles.Append(TestFile);

    /// <summary>All files that are read.</summary>
    public IEnumerable<string> Files => ImageFiles.Append(NamesFile);

    /// <summary>Bytes that a file of this name has at most: as published, each of TrainFiles TrainRecords of them.</summary>
    public long MostBytes(string name) => name == NamesFile
        ? MostBytesOfNames
        : (long)(name == TestFile ? TestRecords : TrainRecords) * (LabelBytes + ImageBytes);

    /// <summary>How every error ends.</summary>
    public string Remedy =>
        $"download {Name}, or fetch {BaseUrl}{Archive} by hand, and give the folder you put it in as the data's folder.";
}
