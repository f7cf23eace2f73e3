using Idsnn.Models;

namespace Idsnn.Training;

/// <summary>How far a network of a run has got.</summary>
/// <param name="Epochs">Epochs trained.</param>
/// <param name="Asked">Epochs asked for; null where the run does not say.</param>
/// <param name="LastAccuracy">Test accuracy after the last of them, 0 … 1.</param>
/// <param name="BestAccuracy">The best of all.</param>
/// <param name="BestEpoch">When it was reached first.</param>
public sealed record NetworkProgress(int Epochs, int? Asked, double LastAccuracy, double BestAccuracy, int BestEpoch);

/// <summary>A run in a line.</summary>
/// <param name="Name">The folder's name.</param>
/// <param name="Model">What was trained for: the student, or the teacher where there is none.</param>
/// <param name="Dataset">On what.</param>
/// <param name="Started">Local time, ISO 8601.</param>
/// <param name="Finished">Whether it came to its end.</param>
/// <param name="Teacher">The teacher's training; null where none took place.</param>
/// <param name="TeacherAccuracy">The teacher's test accuracy, trained here or before; null where it is not known.</param>
/// <param name="Student">The student's training; null where none took place yet.</param>
public sealed record RunSummary(
    string Name, ModelSpec? Model, string Dataset, string Started, bool Finished, NetworkProgress? Teacher, double? TeacherAccuracy,
    NetworkProgress? Student)
{
    /// <summary>The names of the two networks in metrics.csv and results.json.</summary>
    public const string TeacherName = "teacher", StudentName = "student";

    /// <summary>Sums a run up.</summary>
    public static RunSummary Of(RunRecord run)
    {
        var teacher = Progress(run, TeacherName, run.Config.TeacherEpochs);
        return new RunSummary(
            run.Name, run.Config.Student ?? run.Config.Teacher, run.Config.Dataset.Name, run.Config.Started, run.Results is not null,
            teacher, teacher?.LastAccuracy ?? run.Config.TeacherAccuracy, Progress(run, StudentName, run.Config.Epochs));
    }

    private static NetworkProgress? Progress(RunRecord run, string network, int? asked)
    {
        if (run.Results?.Networks.FirstOrDefault(n => n.Network == network) is { } result)
        {
            return new NetworkProgress(result.Epochs, asked, result.LastAccuracy, result.BestAccuracy, result.BestEpoch);
        }

        var rows = run.Epochs.Where(row => row.Network == network).ToList();
        if (rows.Count == 0) return null;
        var best = rows.MaxBy(row => row.TestAccuracy)!;
        return new NetworkProgress(rows[^1].Epoch, asked, rows[^1].TestAccuracy, best.TestAccuracy, best.Epoch);
    }
}
