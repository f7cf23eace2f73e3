using System.Text.RegularExpressions;

namespace Idsnn.Tests;

/// <summary>What README and docs show in C# is compiled: each block stands, line by line, in a file of tests/Samples.</summary>
public partial class DocumentationTests
{
    [GeneratedRegex("^```csharp\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    private static IEnumerable<string> Pages =>
        [ArchitectureTests.InRoot("README.md"), .. Directory.EnumerateFiles(ArchitectureTests.InRoot("docs"), "*.md").Order(
            StringComparer.Ordinal)];

    [Test]
    public void TheCodeThatIsShownIsCompiled()
    {
        string[] sources =
        [
            .. Directory.EnumerateFiles(ArchitectureTests.InRoot("tests/Samples"), "*.cs").Select(file => Trimmed(File.ReadAllLines(file))),
        ];
        var shown = Pages
            .SelectMany(page => Block().Matches(File.ReadAllText(page)).Select(match => (Page: page, Code: match.Groups[1].Value)))
            .ToList();

        Assert.That(shown, Is.Not.Empty);
        foreach (var (page, code) in shown)
        {
            string lines = Trimmed(code.Split('\n'));
            if (!Array.Exists(sources, source => source.Contains(lines, StringComparison.Ordinal)))
            {
                Assert.Fail($"{page}: no file of tests/Samples has these lines:\n{code}");
            }
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

    /// <summary>So is every file and folder of the code that a page names.</summary>
    [Test]
    public void PathsThatAreNamedAreThere()
    {
        var named = Pages
            .SelectMany(page => Named().Matches(File.ReadAllText(page)).Select(match => (Page: page, Target: match.Groups[1].Value)))
            .ToList();

        Assert.That(named, Is.Not.Empty);
        Assert.That(named.Where(path => !Path.Exists(ArchitectureTests.InRoot(path.Target))), Is.Empty);
    }

    [GeneratedRegex("`((?:kernels|engine|models|datasets|training|tests|tools)/[A-Za-z0-9_./]+)`")]
    private static partial Regex Named();

    [GeneratedRegex(@"\]\((?!https?:|#)([^)#\s]+)")]
    private static partial Regex Link();

    private static string Trimmed(string[] lines) => string.Join('\n', lines.Select(line => line.Trim())).Trim('\n');
}
