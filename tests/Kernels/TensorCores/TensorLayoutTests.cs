using Idsnn.Kernels;

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
