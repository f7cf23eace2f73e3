using Idsnn.Tests.Training;
using Idsnn.Tools.Train;

namespace Idsnn.Tests.Tools;

public class InsightTextTests
{
    [Test]
    public void EnergiesHaveTheirUnitsAndMacsAreGivenWithPaddingToo()
    {
        string[] lines = InsightText.Of(SampleRuns.Finished.Results!.Insight!).ReplaceLineEndings("\n").Split('\n');

        Assert.That(lines, Has.One.EqualTo(
            "arithmetic per image 222 µJ, 7.08 M MAC + 210 M AC; the teacher's 5.34 mJ, 1.16 G MAC (at 4.6 pJ a MAC and 0.9 pJ an AC)"));
        Assert.That(lines, Has.One.EqualTo(
            "zero padding is left out there; with it, as published tables count, one pass of the student is 555 M MAC, of the teacher "
                + "1.16 G"));
    }

    [Test]
    public void ClassNamesStayOnTheirLine()
    {
        var insight = SampleRuns.Finished.Results!.Insight!;
        string[] names = [.. insight.ClassNames.Select(name => $"\u001b[31m{name}\n\u202e")];
        string text = InsightText.Of(insight with { ClassNames = names });

        Assert.That(text, Does.Contain(@"\u001B[31m").And.Not.Contain("\u001b").And.Not.Contain("\u202e"));
        Assert.That(text.Split('\n'), Has.Length.EqualTo(InsightText.Of(insight).Split('\n').Length));
    }
}
