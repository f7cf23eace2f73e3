using CommandLine;
using CommandLine.Text;
using Idsnn.Datasets;

namespace Idsnn.Tools.Train;

[Verb("download", HelpText = "Fetch a data set; resumes where an interrupted download stopped.")]
internal sealed class DownloadVerb : Verb
{
    [Option("dataset", Required = true, HelpText = "cifar10 or cifar100.")]
    public string DatasetName { get; set; } = string.Empty;

    [Option("data-path", Default = "data", HelpText = "Folder to put it in; made if it is not there.")]
    public string DataPath { get; set; } = string.Empty;

    [Option("url", HelpText = "Address of a folder that holds the archive, such as a mirror's; where it was published if left out.")]
    public string? BaseUrl { get; set; }

    [Usage(ApplicationAlias = "dotnet run -c Release --project tools/Train --")]
    public static IEnumerable<Example> Examples =>
    [
        new("CIFAR-10, 170 MB, into the folder where train looks for it", new DownloadVerb { DatasetName = "cifar10", DataPath = "data" }),
    ];

    public override int Run(Session session)
    {
        if (!Uri.TryCreate(BaseUrl, UriKind.Absolute, out var baseUrl) && BaseUrl is not null)
        {
            throw new ArgumentException($"--url: '{SafeText.Of(BaseUrl)}' is no address that begins with https:// or http://");
        }

        var file = DatasetName.ToLowerInvariant() switch
        {
            "cifar10" => Cifar.Archive10(baseUrl),
            "cifar100" => Cifar.Archive100(baseUrl),
            _ => throw new ArgumentException($"--dataset: '{SafeText.Of(DatasetName)}' is not one of cifar10, cifar100"),
        };
        int code = Fetch(session, file, DataPath);
        if (code == 0) session.Log($"next: train --dataset {DatasetName.ToLowerInvariant()} --data-path {SafeText.Of(DataPath)}");
        return code;
    }

    /// <summary>Fetches a file and says what came of it.</summary>
    /// <returns>The exit code.</returns>
    internal static int Fetch(Session session, RemoteFile file, string folder)
    {
        string path = Path.Combine(folder, file.Name), shown = SafeText.Of(path);
        try
        {
            var outcome = ByteProgress.Show(session.Out, file.Name, (report, log) => new Downloader { Log = log, Progress = report }
                .Fetch(file, folder, session.Cancellation).GetAwaiter().GetResult());
            session.Log(outcome == DownloadOutcome.AlreadyThere
                ? $"{shown} is there already, its checksum right"
                : $"{shown}: {ByteProgress.Megabytes(new FileInfo(path).Length)}, checksum right");
            return 0;
        }
        catch (OperationCanceledException)
        {
            session.Log($"interrupted: what has come is kept in {shown}.part; the same command resumes there");
            return Cli.Interrupted;
        }
    }
}
