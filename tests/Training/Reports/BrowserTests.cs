using System.Diagnostics;
using System.Text.RegularExpressions;
using Idsnn.Reports;

namespace Idsnn.Tests.Training;

/// <summary>A page as a browser takes it. Without Chromium the test shows as skipped.</summary>
public class BrowserTests
{
    private static IEnumerable<TestCaseData> Browser()
    {
        string? chromium = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, "chromium")).FirstOrDefault(File.Exists);
        var data = new TestCaseData(chromium).SetArgDisplayNames("chromium");
        yield return chromium is null ? data.Ignore("no chromium on the PATH") : data;
    }

    [TestCaseSource(nameof(Browser))]
    public void ABrowserShowsThePageWithoutAWordOnItsConsole(string chromium)
    {
        using var folder = new TemporaryFolder();
        Report.Write([SampleRuns.Finished], folder.File("report.html"));
        string[] arguments =
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--enable-logging=stderr", $"--user-data-dir={folder.File("profile")}",
            "--dump-dom", new Uri(folder.File("report.html")).AbsoluteUri,
        ];
        var start = new ProcessStartInfo(chromium, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromMinutes(3)))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail("the browser hangs");
        }

        string page = output.Result;

        // What a page may not do, and scripts' errors, come as lines of CONSOLE.
        Assert.That(errors.Result, Does.Not.Contain("CONSOLE"));
        Assert.That(Regex.Matches(page, "<h[12]>([^<]*)</h[12]>").Select(match => match.Groups[1].Value), Is.EqualTo(new[]
        {
            "Spiking ResNet\u201118 on Made-up-10", "Result", "Training", "Confusion", "Samples", "Firing rates", "Energy and time-steps",
            "Time", "Settings",
        }));
    }
}
