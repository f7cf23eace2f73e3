namespace Idsnn.Tests.Tools;

/// <summary>A folder in CIFAR-10's published form with a handful of images.</summary>
internal static class TinyCifar
{
    public const int Record = 1 + (3 * 32 * 32);

    private const int TrainRecords = 8, TestRecords = 20;

    public static string Create(string folder)
    {
        Directory.CreateDirectory(folder);
        var random = new Random(1);
        for (int i = 1; i <= 5; i++) Write($"data_batch_{i}.bin", TrainRecords);
        Write("test_batch.bin", TestRecords);
        return folder;

        void Write(string name, int records)
        {
            byte[] bytes = new byte[records * Record];
            random.NextBytes(bytes);
            for (int i = 0; i < records; i++) bytes[i * Record] = (byte)(i % 10);
            File.WriteAllBytes(Path.Combine(folder, name), bytes);
        }
    }
}
