using Idsnn.Training;

namespace Idsnn.Tests.Training;

public class UnitsTests
{
    [TestCase(0, "0 µJ")]
    [TestCase(double.NaN, "– µJ")]
    [TestCase(1.234e-7, "0.12 pJ")]
    [TestCase(0.00123, "1.23 nJ")]
    [TestCase(1, "1.00 µJ")]
    [TestCase(8.32, "8.32 µJ")]
    [TestCase(10, "10.0 µJ")]
    [TestCase(61.85, "61.9 µJ")]
    [TestCase(100, "100 µJ")]
    [TestCase(221.568, "222 µJ")]
    [TestCase(999.6, "1.00 mJ")]
    [TestCase(1000, "1.00 mJ")]
    [TestCase(2219, "2.22 mJ")]
    [TestCase(5.336e6, "5.34 J")]
    [TestCase(5e9, "5.00 kJ")]
    [TestCase(1.5e21, "1,500 TJ")]
    public void Energies(double microjoules, string text) => Assert.That(Units.Energy(microjoules), Is.EqualTo(text));

    [TestCase(0, "0")]
    [TestCase(7, "7")]
    [TestCase(0.5, "0.50")]
    [TestCase(12.5, "12.5")]
    [TestCase(999, "999")]
    [TestCase(999.6, "1.00 k")]
    [TestCase(102_900, "103 k")]
    [TestCase(8.72e6, "8.72 M")]
    [TestCase(555.4e6, "555 M")]
    [TestCase(999.9e6, "1.00 G")]
    [TestCase(1234e6, "1.23 G")]
    [TestCase(1.2345e16, "12,300 T")]
    public void Counts(double count, string text) => Assert.That(Units.Count(count), Is.EqualTo(text));
}
