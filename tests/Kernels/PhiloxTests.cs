using Idsnn.Kernels.Ops;

namespace Idsnn.Tests;

/// <summary>The known-answer vectors that Random123 publishes for philox4x32-10.</summary>
public sealed class PhiloxTests
{
    [Test]
    public void Zeros() => Assert.That(
        Philox.Block(0, 0, 0, 0, 0), Is.EqualTo((0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)));

    [Test]
    public void Ones() => Assert.That(
        Philox.Block(uint.MaxValue, uint.MaxValue, uint.MaxValue, uint.MaxValue, ulong.MaxValue),
        Is.EqualTo((0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)));

    [Test]
    public void DigitsOfPi() => Assert.That(
        Philox.Block(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0x299f31d0_a4093822),
        Is.EqualTo((0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)));

    [Test]
    public void DrawsCountIndexAndOffset() => Assert.That(
        Philox.Draw(5, 0x00000007_00000006, 9), Is.EqualTo(Philox.Block(5, 0, 6, 7, 9)));
}
