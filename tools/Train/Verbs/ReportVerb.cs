using CommandLine;
using CommandLine.Text;
using Idsnn.Datasets;
using Idsnn.Reports;
using Idsnn.Training;

namespace Idsnn.Tools.Train;

[Verb("report", HelpText = "Write a page about a run, or one that compares several: report RUN... [--output FILE].")]
internal sealed class ReportVerb : Verb
{
    [Value(0, MetaName = "RUN", HelpText = "Run folders, finished or not; several are compared.")]
    public override IEnumerable<string> Operands { get; set; } = [];

    [Option("output", HelpText = "The page; report.html in the run's folder if left out, or here for several runs.")]
    public string? Output { get; set; }

    public override int MaxOperands => int.MaxValue;

    [Usage(ApplicationAlias = "dotnet run -c Release --project tools/Train --")]
    public static IEnumerable<Example> Examples =>
    [
        new("Two runs side by side", new ReportVerb { Operands = ["runs/first", "runs/second"], Output = "comparison.html" }),
    ];

    public override int Run(Session session)
    {
        string[] folders = [.. Operands];
        if (folders.Length == 0) throw new ArgumentException("name a run's folder: report RUN; the runs verb lists them");
        string file = Output ?? (folders.Length == 1 ? Path.Combine(folders[0], RunRecord.ReportFile) : RunRecord.ReportFile);
        ResultFile.Require("--output", Output);
        Report.Write([.. folders.Select(RunRecord.Load)], file);
        session.Log(SafeText.Of($"report of {folders.Length} run{(folders.Length == 1 ? string.Empty : "s")}: {file}"));
        return 0;
    }
}
