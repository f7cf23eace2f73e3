using System.Text;
using Idsnn.Runs;

namespace Idsnn.Tests.Training;

public class BoardRecordTests
{
    private static readonly DateTimeOffset Time = new(2026, 1, 2, 3, 4, 5, 500, TimeSpan.Zero);

    private const double Seconds = 1767323045.5;

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
        byte[] file =
        [
            .. BoardRecord.Head(Time),
            .. BoardRecord.Scalar("accuracy/test", 0.9375, 1, Time),
            .. BoardRecord.Scalar("loss/ä", 1e-3, 300, Time.AddSeconds(1)),
            .. BoardRecord.Scalar("spikes/firing_rate", 0, 2, Time),
            .. BoardRecord.Scalar("accuracy/test", double.NaN, long.MaxValue, Time.AddMinutes(1)),
        ];

        Assert.That(EventFile.Read(file), Is.EqualTo(new EventRecord[]
        {
            new(Seconds, 0, "brain.Event:2", null, null),
            new(Seconds, 1, null, "accuracy/test", 0.9375f),
            new(Seconds + 1, 300, null, "loss/ä", 1e-3f),
            new(Seconds, 2, null, "spikes/firing_rate", 0f),
            new(Seconds + 60, long.MaxValue, null, "accuracy/test", float.NaN),
        }));
    }

    [Test]
    public void RecordsAreKnownByteForByte()
    {
        byte[] time = [0x09, .. BitConverter.GetBytes(Seconds)];
        byte[] version = [.. time, 0x1a, 13, .. Encoding.ASCII.GetBytes("brain.Event:2")];
        byte[] scalar = [.. time, 0x10, 2, 0x2a, 10, 0x0a, 8, 0x0a, 1, (byte)'a', 0x15, .. BitConverter.GetBytes(1f)];
        byte[] head = BoardRecord.Head(Time), point = BoardRecord.Scalar("a", 1, 2, Time);

        Assert.That(head[..8], Is.EqualTo(BitConverter.GetBytes((long)version.Length)));
        Assert.That(head[12..^4], Is.EqualTo(version));
        Assert.That(point[12..^4], Is.EqualTo(scalar));
    }
}
