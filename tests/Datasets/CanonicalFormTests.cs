using Idsnn.Datasets;

namespace Idsnn.Tests.Datasets;

/// <summary>Expected values are those of Python's unicodedata.normalize("NFC", …).</summary>
public class CanonicalFormTests
{
    [TestCase("plain", "plain")]
    [TestCase("cafe\u0301", "caf\u00E9")]
    [TestCase("caf\u00E9", "caf\u00E9")]
    [TestCase("a\u0302\u0323", "\u1EAD", Description = "marks are ordered before they join")]
    [TestCase("a\u0323\u0302", "\u1EAD")]
    [TestCase("a\u0304\u0328", "\u0105\u0304")]
    [TestCase("\u1112\u1161\u11AB\u1100\u1173\u11AF", "\uD55C\uAE00", Description = "Hangul")]
    [TestCase("\uD55C\u11AB", "\uD55C\u11AB")]
    [TestCase("\uD558\u11AB", "\uD55C")]
    [TestCase("\u304B\u3099", "\u304C", Description = "Kana")]
    [TestCase("\u0438\u0306", "\u0439", Description = "Cyrillic")]
    [TestCase("\u0915\u093C", "\u0915\u093C", Description = "excluded from composition")]
    [TestCase("\u0958", "\u0915\u093C")]
    [TestCase("\u212B", "\u00C5", Description = "another character for the same")]
    [TestCase("\u03B1\u0313\u0300\u0345", "\u1F82")]
    [TestCase("\u0301a", "\u0301a")]
    [TestCase("e\u0301\u0301", "\u00E9\u0301")]
    [TestCase("a\u0345\u0301", "\u00E1\u0345", Description = "a mark of another class does not block")]
    [TestCase("\uD834\uDD58\uD834\uDD65", "\uD834\uDD58\uD834\uDD65", Description = "beyond the first plane")]
    [TestCase("\uD834\uDD5F", "\uD834\uDD58\uD834\uDD65")]
    public void NamesHaveOneSpelling(string text, string expected)
    {
        Assert.That(CanonicalForm.Of(text), Is.EqualTo(expected));
        Assert.That(CanonicalForm.Of(expected), Is.EqualTo(expected));
    }

    [Test]
    public void EverySyllableOfHangulComesTogether()
    {
        for (int i = 0; i < 19 * 21 * 28; i++)
        {
            string apart = $"{(char)(0x1100 + i / 588)}{(char)(0x1161 + i / 28 % 21)}{(i % 28 > 0 ? (char)(0x11A7 + i % 28) : null)}";
            Assert.That(CanonicalForm.Of(apart), Is.EqualTo(((char)(0xAC00 + i)).ToString()));
        }
    }
}
