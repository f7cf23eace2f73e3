using Idsnn.Kernels.Ops;
using Idsnn.Kernels.Packed;
using Idsnn.Kernels.TensorCores;

namespace Idsnn.Tests;

/// <summary>Numbers, slots and shared memory as tensor cores see them.</summary>
public sealed class TensorLayoutTests
{
    [TestCase(1f, 0x3f80u)]
    [TestCase(-2f, 0xc000u)]
    [TestCase(1.00390625f, 0x3f80u, Description = "a tie, to even")]
    [TestCase(1.01171875f, 0x3f82u, Description = "a tie, to even")]
    [TestCase(1.005f, 0x3f81u)]
    [TestCase(float.PositiveInfinity, 0x7f80u)]
    [TestCase(3.4e38f, 0x7f80u)]
    [TestCase(0f, 0u)]
    public void NumbersAreRoundedToTheNearest(float number, uint expected)
    {
        Assert.That(BFloat16.Pack(number, 0f), Is.EqualTo(expected));
        Assert.That(BFloat16.Pack(0f, number), Is.EqualTo(expected << 16));
    }

    [Test]
    public void NotANumberStaysOne()
    {
        foreach (uint bits in (uint[])[0x7f800001, 0x7fffffff, 0xffc00000, 0xff80ffff])
        {
            Assert.That(BFloat16.Lower(BFloat16.Pack(BitConverter.UInt32BitsToSingle(bits), 0f)), Is.NaN, $"{bits:x8}");
        }
    }

    [TestCase(0x3f801000u, 0x3f802000u, Description = "a tie, away from zero")]
    [TestCase(0xbf801000u, 0xbf802000u, Description = "a tie, away from zero")]
    [TestCase(0x3f803000u, 0x3f804000u, Description = "a tie, away from zero")]
    [TestCase(0x3f800fffu, 0x3f800000u)]
    [TestCase(0x3fffffffu, 0x40000000u)]
    [TestCase(0x7f7fffffu, 0x7f800000u)]
    [TestCase(0xff800000u, 0xff800000u)]
    [TestCase(0x00000fffu, 0x00000000u)]
    [TestCase(0x80001000u, 0x80002000u)]
    public void Tf32RoundsTiesAway(uint bits, uint expected) =>
        Assert.That(Tf32.Round(BitConverter.UInt32BitsToSingle(bits)), Is.EqualTo(expected));

    [TestCase(0x7f800001u)]
    [TestCase(0x7fffffffu)]
    [TestCase(0xffc00000u)]
    public void Tf32KeepsNotANumber(uint bits) => Assert.That(
        BitConverter.UInt32BitsToSingle(Tf32.Round(BitConverter.UInt32BitsToSingle(bits)) & Tf32.Mask), Is.NaN);

    [Test]
    public void Tf32RoundsAsArithmeticDoes()
    {
        float[] numbers = new Draw(9).Fill([1000], -100f, 100f);
        Assert.That(numbers.Select(x => BitConverter.UInt32BitsToSingle(Tf32.Round(x))), Is.EqualTo(EmulatedTests.RoundToTf32(numbers)));
    }

    [Test]
    public void EveryByteIsExactInTf32()
    {
        for (uint value = 0; value < 256; value++)
        {
            for (int at = 0; at < 4; at++)
            {
                uint word = Tf32.OfByte((value << (8 * at)) | (~(0xffu << (8 * at)) & 0x5aa5c33cu), at);
                Assert.That(BitConverter.UInt32BitsToSingle(word), Is.EqualTo((float)value));
                Assert.That(word & ~Tf32.Mask, Is.Zero);
            }
        }
    }

    [Test]
    public void SlotsHoldEveryChannelOnce() =>
        Assert.That(Enumerable.Range(0, 32).Select(SpikeSlots.Channel), Is.EquivalentTo(Enumerable.Range(0, 32)));

    [Test]
    public void RowsOf64BytesKeepAMatrixInDifferentBanks()
    {
        Assert.That(AllChunks(128, 4, SharedLayout.Rows64), Is.EquivalentTo(Enumerable.Range(0, 512).Select(i => 16 * i)));
        NoConflicts(4, SharedLayout.Rows64);
    }

    [TestCase(128)]
    [TestCase(256)]
    public void WiderRowsKeepAMatrixInDifferentBanks(int rowBytes)
    {
        int chunks = rowBytes / 16;
        int Layout(int row, int chunk) => SharedLayout.Rows128(row, chunk, rowBytes);
        Assert.That(AllChunks(32, chunks, Layout), Is.EquivalentTo(Enumerable.Range(0, 32 * chunks).Select(i => 16 * i)));
        NoConflicts(chunks, Layout);
    }

    [TestCase(128)]
    [TestCase(256)]
    [TestCase(512)]
    public void WordsReadOneByOneLieInDifferentBanks(int rowBytes)
    {
        int chunks = rowBytes / 16;
        int Layout(int row, int chunk) => SharedLayout.Columns32(row, chunk, rowBytes);
        Assert.That(AllChunks(16, chunks, Layout), Is.EquivalentTo(Enumerable.Range(0, 16 * chunks).Select(i => 16 * i)));
        foreach (var (row, first) in Loop.Over(4, chunks / 2))
        {
            // Lane: row lane mod 4 of four, element lane / 4 of eight.
            var banks = Enumerable.Range(0, 32).Select(lane =>
                ((Layout((4 * row) + (lane & 3), (2 * first) + (lane >> 4)) / 4) + ((lane >> 2) & 3)) % 32);
            Assert.That(banks, Is.Unique, $"rows {4 * row} …, chunks {2 * first} …");
        }
    }

    private static IEnumerable<int> AllChunks(int rows, int chunks, Func<int, int, int> layout) =>
        Enumerable.Range(0, rows).SelectMany(row => Enumerable.Range(0, chunks).Select(chunk => layout(row, chunk)));

    /// <summary>Eight rows' chunks must fall on all 32 banks of four bytes.</summary>
    private static void NoConflicts(int chunks, Func<int, int, int> layout)
    {
        for (int chunk = 0; chunk < chunks; chunk++)
        {
            int column = chunk;
            Assert.That(Enumerable.Range(8, 8).Select(row => layout(row, column) / 16 % 8), Is.Unique, $"chunk {chunk}");
        }
    }
}
