using System.Globalization;
using Idsnn.Training;

namespace Idsnn.Tools.Train;

/// <summary>Finds the run that --resume names.</summary>
internal static class ResumeTarget
{
    /// <summary>Where runs go unless told otherwise.</summary>
    public const string RunsFolder = "runs";

    /// <summary>The folder of a run: of the newest, of one by its folder, or of the one that a checkpoint belongs to.</summary>
    /// <exception cref="ArgumentException">There is no such run.</exception>
    public static string Find(string target)
    {
        if (target == "last") return Newest();
        if (Directory.Exists(target))
        {
            return IsRun(target)
                ? target
                : throw new ArgumentException($"--resume: '{target}' is no run's folder: it lacks {RunRecord.ConfigFile}");
        }

        if (!File.Exists(target))
        {
            throw new ArgumentException($"--resume: '{target}' is neither 'last', nor a run's folder, nor a checkpoint in one");
        }

        string? folder = Path.GetDirectoryName(Path.GetDirectoryName(Path.GetFullPath(target)));
        if (folder is null || !IsRun(folder))
        {
            throw new ArgumentException(
                $"--resume: '{target}' is in no run's folder; to start from its weights use --student-checkpoint or --teacher-checkpoint");
        }

        return Path.GetFileNameWithoutExtension(target).EndsWith("best", StringComparison.Ordinal)
            ? throw new ArgumentException(
                $"--resume: '{target}' holds the weights of the best epoch, which training has gone past; --resume {folder} goes on with "
                    + $"the run, "
                + "--student-checkpoint starts a new one from these weights")
            : folder;
    }

    private static bool IsRun(string folder) => File.Exists(Path.Combine(folder, RunRecord.ConfigFile));

    private static string Newest()
    {
        string[] folders = Directory.Exists(RunsFolder) ? [.. Directory.EnumerateDirectories(RunsFolder).Where(IsRun)] : [];
        return folders.OrderBy(Started).ThenBy(folder => folder, StringComparer.Ordinal).LastOrDefault()
            ?? throw new ArgumentException($"--resume last: there is no run in '{RunsFolder}'; name its folder");
    }

    private static DateTimeOffset Started(string folder)
    {
        try
        {
            return DateTimeOffset.Parse(RunRecord.Load(folder).Config.Started, CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is InvalidDataException or FormatException)
        {
            return DateTimeOffset.MinValue;
        }
    }
}
