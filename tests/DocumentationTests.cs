using System.Text.RegularExpressions;

namespace Idsnn.Tests;

/// <summary>What README and docs show in C# is compiled and run: each block stands, line by line, in a source file of the tests.</summary>
public partial class DocumentationTests
{
    [GeneratedRegex("^```csharp\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    private static string Root => Path.GetFullPath(Path.Combine(TestContext.CurrentContext.TestDirectory, "..", "..", "..", ".."));

    private static IEnumerable<string> Pages =>
        [Path.Combine(Root, "README.md"), .. Directory.EnumerateFiles(Path.Combine(Root, "docs"), "*.md").Order(StringComparer.Ordinal)];

    [Test]
    public void TheCodeThatIsShownIsCompiled()
    {
        string[] sources = [.. Directory.EnumerateFiles(Path.Combine(Root, "tests"), "*.cs", SearchOption.AllDirectories).Select(Lines)];
        var shown = Pages.SelectMany(page => Block().Matches(File.ReadAllText(page)).Select(match => (Page: page, Code: match.Groups[1].Value))).ToList();

        Assert.That(shown, Is.Not.Empty);
        foreach (var (page, code) in shown)
        {
            string lines = Trimmed(code.Split('\n'));
            Assert.That(sources, Has.Some.Contains(lines), $"{page}: no source file of the tests has these lines:\n{code}");
        }
    }

    /// <summary>Every file that a page refers to is there.</summary>
    [Test]
    public void LinksLeadSomewhere()
    {
        foreach (string page in Pages)
        {
            foreach (Match link in Link().Matches(File.ReadAllText(page)))
            {
                string target = link.Groups[1].Value;
                Assert.That(Path.Exists(Path.Combine(Path.GetDirectoryName(page)!, target)), Is.True, $"{page}: {target}");
            }
        }
    }

    [GeneratedRegex(@"\]\((?!https?:|#)([^)#\s]+)")]
    private static partial Regex Link();

    private static string Lines(string file) => Trimmed(File.ReadAllLines(file));

    private static string Trimmed(string[] lines) => string.Join('\n', lines.Select(line => line.Trim())).Trim('\n');
}
