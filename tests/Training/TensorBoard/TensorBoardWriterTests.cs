using System.Text;
using Idsnn.Training;

namespace Idsnn.Tests.Training;

public class TensorBoardWriterTests
{
    private static readonly DateTimeOffset Time = new(2026, 1, 2, 3, 4, 5, 500, TimeSpan.Zero);

    private const double Seconds = 1767323045.5;

    private TemporaryFolder folder = null!;

    [SetUp]
    public void MakeFolder() => folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => folder.Dispose();

    // RFC 3720, B.4, and the check value of the CRC catalogue.
    [TestCase("0000000000000000000000000000000000000000000000000000000000000000", 0x8a9136aau)]
    [TestCase("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", 0x62a8ab43u)]
    [TestCase("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", 0x46dd794eu)]
    [TestCase("1f1e1d1c1b1a191817161514131211100f0e0d0c0b0a09080706050403020100", 0x113fdb5cu)]
    [TestCase("01c000000000000000000000000000001400000000000400000000140000001828000000000000000200000000000000", 0xd9963a56u)]
    [TestCase("313233343536373839", 0xe3069283u)]
    public void ChecksumsAreThePublishedOnes(string data, uint crc)
    {
        Assert.That(RecordFile.Crc32C(Convert.FromHexString(data)), Is.EqualTo(crc));
        Assert.That(EventFile.Crc(Convert.FromHexString(data)), Is.EqualTo(crc), "the reader's own");
    }

    [Test]
    public void EveryFieldIsReadBack()
    {
        using (var board = new TensorBoardWriter(folder.File("deep/student")))
        {
            board.Scalar("accuracy/test", 0.9375, 1, Time);
            board.Scalar("loss/ä", 1e-3, 300, Time.AddSeconds(1));
            board.Scalar("accuracy/test", double.NaN, long.MaxValue, Time.AddMinutes(1));
        }

        var records = EventFile.Read(Files("deep/student").Single());

        Assert.That(records, Is.EqualTo(new EventRecord[]
        {
            new(Seconds, 0, "brain.Event:2", null, null),
            new(Seconds, 1, null, "accuracy/test", 0.9375f),
            new(Seconds + 1, 300, null, "loss/ä", 1e-3f),
            new(Seconds + 60, long.MaxValue, null, "accuracy/test", float.NaN),
        }));
    }

    [Test]
    public void TheFirstRecordIsKnownByteForByte()
    {
        using (var board = new TensorBoardWriter(folder.Path)) board.Scalar("a", 1, 2, Time);
        byte[] file = File.ReadAllBytes(Files(".").Single());
        byte[] time = [0x09, .. BitConverter.GetBytes(Seconds)];
        byte[] version = [.. time, 0x1a, 13, .. Encoding.ASCII.GetBytes("brain.Event:2")];
        byte[] scalar = [.. time, 0x10, 2, 0x2a, 10, 0x0a, 8, 0x0a, 1, (byte)'a', 0x15, .. BitConverter.GetBytes(1f)];

        Assert.That(file[..8], Is.EqualTo(BitConverter.GetBytes((long)version.Length)));
        Assert.That(file[12..(12 + version.Length)], Is.EqualTo(version));
        Assert.That(file[(12 + version.Length + 4 + 12)..^4], Is.EqualTo(scalar));
    }

    [Test]
    public void TheNameIsTheOneThatTensorBoardLooksFor()
    {
        using (var board = new TensorBoardWriter(folder.Path)) board.Scalar("a", 1, 1, Time);

        string name = $"events.out.tfevents.1767323045.{Environment.MachineName}.{Environment.ProcessId}";
        Assert.That(folder.Entries, Is.EqualTo(new[] { name }));
    }

    [Test]
    public void AResumedRunGoesOnInAFileBehindTheFirst()
    {
        using (var board = new TensorBoardWriter(folder.Path)) board.Scalar("a", 1, 1, Time);
        byte[] first = File.ReadAllBytes(Files(".").Single());
        using (var board = new TensorBoardWriter(folder.Path)) board.Scalar("a", 2, 2, Time);
        using (var board = new TensorBoardWriter(folder.Path)) board.Scalar("a", 3, 3, Time.AddSeconds(1));

        Assert.That(Files(".").Select(file => EventFile.Read(file)[1].Value), Is.EqualTo(new[] { 1f, 2f, 3f }));
        Assert.That(File.ReadAllBytes(Files(".")[0]), Is.EqualTo(first));
    }

    [Test]
    public void TheSameScalarsGiveTheSameBytes()
    {
        foreach (string name in (string[])["one", "two"])
        {
            using var board = new TensorBoardWriter(folder.File(name));
            board.Scalar("a", 0.1, 1, Time);
        }

        Assert.That(File.ReadAllBytes(Files("one").Single()), Is.EqualTo(File.ReadAllBytes(Files("two").Single())));
    }

    [Test]
    public void WithoutAScalarThereIsNoFile()
    {
        using (new TensorBoardWriter(folder.File("none"))) Assert.That(folder.Entries, Is.Empty);
    }

    [Test]
    public void WhatIsWrittenIsThereBeforeTheEndAndACutRecordIsTheEnd()
    {
        using var board = new TensorBoardWriter(folder.Path);
        board.Scalar("a", 1, 1, Time);
        board.Scalar("a", 2, 2, Time);

        // As a killed process leaves it: the writer is still open.
        using var stream = new FileStream(Files(".").Single(), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        byte[] file = new byte[stream.Length];
        stream.ReadExactly(file);
        Assert.That(EventFile.Read(file), Has.Count.EqualTo(3));
        for (int cut = 1; cut <= 39; cut++) Assert.That(EventFile.Read(file[..^cut]), Has.Count.EqualTo(2));
    }

    private string[] Files(string name) => [.. Directory.GetFiles(folder.File(name)).Order(StringComparer.Ordinal)];
}
