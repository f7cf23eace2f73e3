using System.Text.RegularExpressions;
using Idsnn.Models;
using Idsnn.Reports;
using Idsnn.Tests.Models;
using Idsnn.Training;

namespace Idsnn.Tests.Tools;

/// <summary>What a user reads, whole, as approved texts.</summary>
public partial class ApprovedTests
{
    [Test]
    public void Help(
        [Values(
            "train", "eval", "infer", "runs", "report", "experiment", "demo", "download", "replay", "bench", "profile", "devices", "ptx")]
        string verb)
    {
        var outcome = CommandLine.Run(verb, "--help");
        string[] lines = outcome.Out.ReplaceLineEndings("\n").Split('\n');

        // The first line has the version.
        Approved.Is($"help-{verb}.txt", string.Join('\n', lines.SkipWhile(line => line.Trim().Length == 0).Skip(1)));
    }

    [Test]
    public void Summaries() => Approved.Is(
        "summaries.txt",
        string.Join(
            "\n\n",
            new[] { Nets.Spec(ModelKind.Spiking, 18, 64), Nets.Spec(ModelKind.Ann, 20, 16), Nets.Spec(ModelKind.Sew, 19, 128), Nets.Vgg(
                ModelKind.Ann, 16, 64) }
                .Select(spec => ModelSummary.Of(spec, 32).ToString())));

    [Test]
    public void Transfer()
    {
        var device = TestDevices.Get("cpu");
        using var teacher = Network.Create(device, Nets.Spec(ModelKind.Ann, 34), seed: 1);
        using var student = Network.Create(device, Nets.Spec(ModelKind.Spiking, 18, 3), seed: 2);
        var report = AnnInitializer.Initialize(student, teacher, BlockMapping.Prefix, ShortcutInit.Random);

        Approved.Is("transfer.txt", report.Summary + "\n\n" + report);
    }

    /// <summary>The page and the list of a run that an earlier build left behind.</summary>
    [Test]
    public void ReportAndList()
    {
        using var folder = new TemporaryFolder();
        string run = folder.File("run"), page = folder.File("page.html");
        CopyFolder(ArchitectureTests.InRoot("tests/fixtures/run-of-16d8888"), run);
        Report.Write([RunRecord.Load(run)], page);
        string html = File.ReadAllText(page), style = File.ReadAllText(ArchitectureTests.InRoot("training/Reports/report.css")).Trim();
        Assert.That(html, Does.Contain(style));
        Approved.Is("report.html", Placeless(html.Replace(style, "report.css", StringComparison.Ordinal), folder));

        var list = CommandLine.Run("runs", folder.Path);
        Assert.That((list.Code, list.Errors), Is.EqualTo((0, "")));
        Approved.Is("runs.txt", Placeless(list.Out, folder));
    }

    /// <summary>The text without what another folder or another time zone changes.</summary>
    private static string Placeless(string text, TemporaryFolder folder) =>
        Clock().Replace(text.Replace(folder.Path, "FOLDER", StringComparison.Ordinal), "DATE");

    [GeneratedRegex("[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}|[0-9]{1,2} [A-Z][a-z]+ [0-9]{4}, [0-9]{2}:[0-9]{2}")]
    private static partial Regex Clock();

    private static void CopyFolder(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
