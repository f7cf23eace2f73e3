using System.Globalization;
using System.Xml.Linq;
using CsCheck;
using Idsnn.Reports;

namespace Idsnn.Tests.Training;

/// <summary>Axes, charts and numbers in words.</summary>
public class PlotTests
{
    [Test]
    public void AnAxisHoldsItsValuesAndHasRoundTicks() => Property.Holds(
        Gen.Double[-1e6, 1e6].Array[1, 20], 200, values =>
        {
            var axis = Axis.Linear(values);
            double step = axis.Ticks[1] - axis.Ticks[0], mantissa = step / Math.Pow(10, Math.Floor(Math.Log10(step) + 1e-9));

            Assert.That(axis.Min, Is.LessThanOrEqualTo(values.Min() + 1e-9));
            Assert.That(axis.Max, Is.GreaterThanOrEqualTo(values.Max() - 1e-9));
            Assert.That(axis.Ticks, Has.Count.InRange(2, 8));
            Assert.That(mantissa, Is.EqualTo(1).Within(1e-6).Or.EqualTo(2).Within(1e-6).Or.EqualTo(5).Within(1e-6));
            Assert.That(values.Select(axis.Place), Has.All.InRange(-1e-9, 1 + 1e-9));
        });

    [Test]
    public void TicksAreWrittenWithAsManyDecimalsAsTheyNeed()
    {
        static string Ticks(Axis axis) => string.Join(' ', axis.Ticks.Select(axis.Text));

        Assert.That(Ticks(Axis.Linear([0.12, 0.31], 0)), Is.EqualTo("0.0 0.1 0.2 0.3 0.4"));
        Assert.That(Ticks(Axis.Linear([62, 97], to: 100)), Is.EqualTo("60 70 80 90 100"));
        Assert.That(Ticks(Axis.Linear([3, 3])), Is.EqualTo("2.5 3.0 3.5"));
        Assert.That(Axis.Linear([1e30, 1e30]).Ticks, Is.Ordered.And.Unique.And.Count.InRange(2, 8));
        Assert.That(Ticks(Axis.Linear([-1, -1], 0)), Is.EqualTo("−1.5 −1.0 −0.5"));
        Assert.That(Ticks(Axis.Linear([0, 1e-320], 0)), Is.EqualTo("0.0 0.2 0.4 0.6"));
        Assert.That(Ticks(Axis.Linear([double.NaN])), Is.EqualTo("0.0 0.5 1.0"));
        Assert.That(Ticks(Axis.Whole(0, 200)), Is.EqualTo("0 50 100 150 200"));
        Assert.That(Ticks(Axis.Whole(0, 7)), Is.EqualTo("0 1 2 3 4 5 6 7"));
        Assert.That(Ticks(Axis.Steps(1)), Is.EqualTo("1"));
        Assert.That(Ticks(Axis.Log([0.05, 0.005, 5e-5])), Is.EqualTo("10⁻⁵ 10⁻⁴ 0.001 0.01 0.1"));
        Assert.That(Ticks(Axis.Linear([3e30, 1], 0)), Is.EqualTo("0 1·10³⁰ 2·10³⁰ 3·10³⁰"));
        Assert.That(Ticks(Axis.Linear([0, 4e-9])), Is.EqualTo("0 1·10⁻⁹ 2·10⁻⁹ 3·10⁻⁹ 4·10⁻⁹"));
        Assert.That(Axis.Log([1, 9]).Logarithmic || Axis.Log([0, 100]).Logarithmic, Is.False);
    }

    [Test]
    public void LabelsMoveApartNoMoreThanTheyMust() => Property.Holds(
        Gen.Double[0, 100].Array[1, 8], 100, places =>
        {
            Array.Sort(places);
            double[] at = LineChart.Spread(places, 10, 0, 100);

            Assert.That(at, Is.Ordered.And.All.InRange(0, 100));
            for (int i = 1; i < at.Length; i++) Assert.That(at[i] - at[i - 1], Is.GreaterThan(9.5));
            if (places.Zip(places.Skip(1), (a, b) => b - a).All(gap => gap >= 10)) Assert.That(at, Is.EqualTo(places));
        });

    [Test]
    public void ALineGoesThroughItsPointsAndStopsAtAGap()
    {
        var line = new Line("x", "student", [(0, 0), (1, 10), (2, double.NaN), (3, 5), (4, 10)]);
        string svg = new LineChart(Axis.Whole(0, 4), "t", Axis.Linear([0, 10]), [line]).Draw("A line & more.").Text;
        var drawn = XElement.Parse(svg).Elements("path").Single(p => p.Attribute("class")!.Value == "line student");
        string path = drawn.Attribute("d")!.Value;
        double[] n = Markup.Numbers(path);

        Assert.That(path.Count(c => c == 'M'), Is.EqualTo(2));
        Assert.That(n, Has.Length.EqualTo(8));
        Assert.That(n[2] - n[0], Is.EqualTo((n[4] - n[0]) / 3).Within(0.02), "x is even");
        Assert.That(n[1] - n[5], Is.EqualTo((n[1] - n[3]) / 2).Within(0.02), "y is even, upwards");
        Assert.That(n[7], Is.EqualTo(n[3]));
    }

    [TestCase(0, "0")]
    [TestCase(0.012345, "0.0123")]
    [TestCase(0.9, "0.900")]
    [TestCase(12.34, "12.3")]
    [TestCase(999.6, "1,000")]
    [TestCase(123456, "123,000")]
    [TestCase(-5.678, "−5.68")]
    [TestCase(0.0000123, "1.23e-5")]
    [TestCase(double.NaN, "–")]
    public void ThreeDigitsAreEnough(double value, string text) => Assert.That(Say.Short(value), Is.EqualTo(text));

    [TestCase(0.04, "0.04 s")]
    [TestCase(42.26, "42.3 s")]
    [TestCase(192, "3 min 12 s")]
    [TestCase(7500, "2 h 05 min")]
    [TestCase(360000, "100 h 00 min")]
    public void DurationsAreWrittenInTheirUnits(double seconds, string text) =>
        Assert.That(Say.Duration(seconds).Replace('\u202f', ' '), Is.EqualTo(text));

    [Test]
    public void HolesAreTextAndLiteralsAreMarkup()
    {
        int n = 3;
        double third = 1 / 3.0, minusZero = -0.001;

        Assert.That(Html.Of($"<p a=\"{"\"<&>'"}\">{new Html("<br/>")}{n} {third} {minusZero}</p>").Text, Is.EqualTo(
            "<p a=\"&quot;&lt;&amp;&gt;&#39;\"><br/>3 0.33 0</p>"));
        Assert.That(Html.Escape("\u202egnp.tac"), Is.EqualTo("\ufffdgnp.tac"));
        Assert.That(Html.Escape("a\nb\u0000\ud83d\ude00\udc00"), Is.EqualTo("a\nb\ufffd\ud83d\ude00\ufffd"));
        Assert.That(Html.Prose("try --lr <0.1").Text, Is.EqualTo("try <span class=\"option\">--lr</span> &lt;0.1"));
        Assert.That(Html.Of($"{1e9}").Text, Is.EqualTo(1e9.ToString("0", CultureInfo.InvariantCulture)));
    }
}
