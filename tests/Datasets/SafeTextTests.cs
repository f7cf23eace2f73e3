using Idsnn.Datasets;

namespace Idsnn.Tests.Datasets;

public class SafeTextTests
{
    [TestCase("cat")]
    [TestCase("Ünïcödé, 猫, क्षि, 👩‍💻 and می‌خواهم")]
    [TestCase(@"a\u001B")]
    [TestCase("")]
    public void SafeTextStays(string text)
    {
        Assert.That(SafeText.IsSafe(text), Is.True);
        Assert.That(SafeText.Of(text), Is.SameAs(text));
    }

    [TestCase("a\u001B[31mb", @"a\u001B[31mb")]
    [TestCase("line\r\nline\u0085line\u2028line\u2029", @"line\u000D\u000Aline\u0085line\u2028line\u2029")]
    [TestCase("\0\a\t\u007F\u009B", @"\u0000\u0007\u0009\u007F\u009B")]
    [TestCase("gpj\u202Egnp.exe", @"gpj\u202Egnp.exe")]
    [TestCase("\u200E\u200F\u061C\u2066x\u2069", @"\u200E\u200F\u061C\u2066x\u2069")]
    [TestCase("👩\n", @"👩\u000A")]
    public void UnsafeCharactersBecomeNumbers(string text, string expected)
    {
        Assert.That(SafeText.IsSafe(text), Is.False);
        Assert.That(SafeText.Of(text), Is.EqualTo(expected));
        Assert.That(SafeText.Of(expected), Is.EqualTo(expected), "once is enough");
    }

    // The marks that turn the direction, and the characters beside them, which do not.
    [Test]
    public void EveryMarkOfDirectionBecomesANumberAndNoneBesideThem()
    {
        var marks = "\u061C\u200E\u200F\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069".ToHashSet();
        foreach (char c in "\u061B\u061D\u200B\u200C\u200D\u2010\u202F\u2065\u206A".Concat(marks))
        {
            Assert.That(SafeText.Of($"{c}"), Is.EqualTo(marks.Contains(c) ? $"\\u{(int)c:X4}" : $"{c}"), $"U+{(int)c:X4}");
        }
    }

    // Written by their numbers, since attributes cannot hold halves.
    [TestCase(0xD83D, 'a', @"\uD83Da")]
    [TestCase('a', 0xD83D, @"a\uD83D")]
    [TestCase('a', 0xDE00, @"a\uDE00")]
    public void HalvesOfPairsBecomeNumbers(int first, int second, string expected)
    {
        string text = $"{(char)first}{(char)second}";

        Assert.That(SafeText.IsSafe(text), Is.False);
        Assert.That(SafeText.Of(text), Is.EqualTo(expected));
    }

    [Test]
    public void LinesStayLines() => Assert.That(SafeText.Lines("a\r\nb\rc\n\u001b"), Is.EqualTo("a\nb\\u000Dc\n\\u001B"));

    [Test]
    public void WhatOthersSayIsCutToALine()
    {
        Assert.That(SafeText.Brief("two\nlines\0\0\0"), Is.EqualTo("two lines"));
        Assert.That(SafeText.Brief(new string('x', 160)), Is.EqualTo(new string('x', 160)));
        Assert.That(SafeText.Brief(new string('x', 161)), Is.EqualTo(new string('x', 159) + "…"));
        Assert.That(SafeText.Brief(new string('\a', 161)), Has.Length.EqualTo(160).And.StartsWith(@"\u0007"));
        Assert.That(SafeText.Brief("\0\0"), Is.Empty);
    }
}
