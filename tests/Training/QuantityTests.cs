using Idsnn.Training;

namespace Idsnn.Tests.Training;

public class QuantityTests
{
    [TestCase(0.4, "0 s")]
    [TestCase(59.6, "1 min 00 s")]
    [TestCase(245, "4 min 05 s")]
    [TestCase(11_520, "3 h 12 min")]
    [TestCase(190_800, "2 d 05 h")]
    [TestCase(double.PositiveInfinity, "unknown")]
    [TestCase(double.NaN, "unknown")]
    [TestCase(1e30, "unknown")]
    public void Times(double seconds, string text) => Assert.That(Quantity.Time(seconds), Is.EqualTo(text));

    [TestCase(1L << 20, "1 MiB")]
    [TestCase((1L << 30) - 1, "1024 MiB")]
    [TestCase(5L << 29, "2.5 GiB")]
    public void Memory(long bytes, string text) => Assert.That(Quantity.Memory(bytes), Is.EqualTo(text));
}
