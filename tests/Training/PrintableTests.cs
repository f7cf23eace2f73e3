using Idsnn.Training;

namespace Idsnn.Tests.Training;

public class PrintableTests
{
    [TestCase("\u001B[31mcat\u001B[0m", @"\u001B[31mcat\u001B[0m")]
    [TestCase("a\nb\r\tc\0", @"a\u000Ab\u000D\u0009c\u0000")]
    [TestCase("\u007F\u009B2J\u0085", @"\u007F\u009B2J\u0085")]
    [TestCase("a\u2028b\u2029", @"a\u2028b\u2029")]
    [TestCase("\u202Egnp.tac\u2066\u200F\u061C", @"\u202Egnp.tac\u2066\u200F\u061C")]
    public void WhatATerminalWouldObeyIsEscaped(string text, string shown) => Assert.That(Printable.Line(text), Is.EqualTo(shown));

    // Not test cases: the compiler's metadata does not hold such text.
    [Test]
    public void HalvesOfSurrogatePairsAreEscaped()
    {
        Assert.That(Printable.Line("\uD800x\uDC00"), Is.EqualTo(@"\uD800x\uDC00"));
        Assert.That(Printable.Line("\uD83D\uDE00\uD83D"), Is.EqualTo("\uD83D\uDE00" + @"\uD83D"));
    }

    // The marks that turn the direction, and the characters beside them, which do not.
    [Test]
    public void EveryMarkOfDirectionIsEscapedAndNoneBesideThem()
    {
        var marks = "\u061C\u200E\u200F\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069".ToHashSet();
        foreach (char c in "\u061B\u061D\u200B\u200C\u200D\u2010\u202F\u2065\u206A".Concat(marks))
        {
            Assert.That(Printable.Line($"{c}"), Is.EqualTo(marks.Contains(c) ? $"\\u{(int)c:X4}" : $"{c}"), $"U+{(int)c:X4}");
        }
    }

    [Test]
    public void LinesStayLines() => Assert.That(Printable.Lines("a\r\nb\u001B\n\nc"), Is.EqualTo("a\nb" + @"\u001B" + "\n\nc"));

    [TestCase("")]
    [TestCase(@"C:\data\cat's naïve 猫 \u001B.png")]
    [TestCase("\uD83D\uDC68\u200D\uD83D\uDC69 family, शेर and e\u0301")]
    public void OtherTextStaysAsItIs(string text) => Assert.That(Printable.Line(text), Is.SameAs(text));
}
