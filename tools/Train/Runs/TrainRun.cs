using System.Globalization;
using Idsnn.Engine;
using Idsnn.Runs;
using Idsnn.Training;

namespace Idsnn.Tools.Train;

/// <summary>Carries a training out and shows how it goes.</summary>
internal sealed class TrainRun(RunSpec spec, Session session, bool verbose = false)
{
    private RunFolder folder = null!;
    private TrainingDisplay display = null!;

    /// <summary>A new run.</summary>
    /// <param name="output">Its folder; null for runs/&lt;time&gt;-&lt;model&gt;.</param>
    public int Run(string? output) => Run(
        resumed: false, (plan, _) => NewFolder(output, plan.AboutSpec.Name, plan.About), (plan, device) =>
            folder.Write(plan.Record(device, session.Arguments)));

    /// <summary>One that was started before.</summary>
    public int Run(ResumedRun run)
    {
        if (run.Finished is not { } finished)
        {
            return Run(resumed: true, (plan, device) => run.Open(plan, device, session.Log), describe: (_, _) => { });
        }

        RunFolder.Complete(run.Path);
        session.Log(finished);
        return 0;
    }

    private int Run(bool resumed, Func<RunPlan, Device, RunFolder> open, Action<RunPlan, Device> describe)
    {
        // A driver takes about as long to start as data to be read.
        var reading = Task.Run(() => RunPlan.Of(spec, resumed));
        using var device = DeviceCatalog.Open(spec.DeviceName, precision: spec.Precision);
        var plan = MemoryCheck.OfTraining(reading.GetAwaiter().GetResult(), device);
        using (folder = open(plan, device))
        {
            describe(plan, device);
            try
            {
                TrainingDisplay.Run(session, shown =>
                {
                    display = shown;
                    Train(plan, device, resumed);
                });
            }
            catch (Exception e) when (folder.HasResults && Explained(e) is { } explained)
            {
                folder.Log(explained.Message);
                throw explained;
            }
        }

        return 0;
    }

    private void Train(RunPlan plan, Device device, bool resumed)
    {
        var results = new TrainingRun(plan, device, folder, Log, session.Cancellation)
        {
            Resumes = resumed,
            Progress = display.Progress,
            Verbose = verbose,
            Notes = NotesOf(spec, plan),
        }.Train();
        Finish(folder, results, Log);
    }

    private void Log(string line)
    {
        line = OptionNames.OfLine(line);
        display.Log(line);
        folder.Log(line);
    }

    /// <summary>The error with what a user should know beside it; null where there is nothing to add.</summary>
    private Exception? Explained(Exception e)
    {
        string command = Invocation.Of("train", "--resume", folder.Path), message = OptionNames.Of(e);
        return e switch
        {
            OperationCanceledException => new InterruptedException($"interrupted; what was done is saved; to go on: {command}"),
            FolderGoneException => null,
            IOException when folder.HasState => new IOException($"{message}; what was saved before is kept; to go on: {command}", e),
            IOException => new IOException($"{message}; no state had been saved yet; to begin again with the same options: {command}", e),
            ArithmeticException when Directory.Exists(Path.Combine(folder.Path, "checkpoints")) =>
                new ArithmeticException($"{message}; the checkpoints in {folder.Path} are of the epochs before", e),
            ArithmeticException => new ArithmeticException(message, e),
            _ => null,
        };
    }

    /// <summary>What of a plan was not asked for.</summary>
    internal static IReadOnlyList<string> NotesOf(RunSpec asked, RunPlan plan) =>
        asked.BatchSize is null ? [$"batches of {plan.Spec.BatchSize} images, chosen by --batch-size auto"] : [];

    /// <summary>Says what a run came to, and writes results.json, which makes it a finished one, and its report.</summary>
    internal static void Finish(RunFolder folder, RunResults results, Action<string> log)
    {
        log(string.Empty);
        log(InsightText.Of(results.Insight!));
        log(string.Empty);
        log(ResultTable.Format([.. results.Networks.Select(network => ($"{network.Network} {network.Model}", network))]));
        if (folder.Finish(results) is { } warning) log(warning);
        log($"results in {folder.Path}; open {Path.Combine(folder.Path, RunRecord.ReportFile)}");
    }

    /// <summary>Makes a run's folder: the one asked for, or else runs/&lt;time&gt;-&lt;name&gt;.</summary>
    internal static RunFolder NewFolder(string? asked, string name, string about)
    {
        if (asked is not null) return new RunFolder(asked, about);
        string path = Path.Combine(
            ResumeTarget.RunsFolder, DateTime.Now.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture) + "-" + name);
        string free = path;
        for (int i = 2; ; i++)
        {
            try
            {
                if (!Path.Exists(free)) return new RunFolder(free, about);
            }
            catch (FolderInUseException)
            {
                // Another run began in the same second and was faster.
            }

            free = $"{path}-{i}";
        }
    }
}
