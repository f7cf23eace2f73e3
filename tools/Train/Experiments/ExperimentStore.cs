using System.Globalization;
using Idsnn.Training;

namespace Idsnn.Tools.Train;

/// <summary>
/// What an experiment's folder holds of its runs. A run that was started otherwise than this command would start it, or on other data, is
/// refused before anything is done.
/// </summary>
internal sealed class ExperimentStore
{
    private readonly ExperimentPlan plan;
    private readonly Dictionary<string, RunRecord> records = [];

    /// <summary>Reads what is there.</summary>
    /// <exception cref="ArgumentException">A run does not belong to the experiment as it is asked for.</exception>
    /// <exception cref="InvalidDataException">A run's files are damaged.</exception>
    public ExperimentStore(ExperimentPlan plan)
    {
        this.plan = plan;
        foreach (var run in Cells.SelectMany(cell => RunsOf(cell.Row, cell.Variant)).SelectMany(WithTeacher).DistinctBy(run => run.Name))
        {
            Refresh(run);
        }
    }

    /// <summary>The runs that have been started, by name.</summary>
    public IReadOnlyDictionary<string, RunRecord> Records => records;

    /// <summary>All rows under all variants, variant by variant, whether they are to be run or not.</summary>
    public IEnumerable<(ExperimentRow Row, Variant Variant)> Cells =>
        from variant in plan.Variants
        from row in plan.Definition.Rows
        select (row, variant);

    /// <summary>What is left to be trained, teachers before their students.</summary>
    public IReadOnlyList<PlannedRun> Pending =>
        [.. plan.Runs.Where(run => !IsFinished(run)).SelectMany(WithTeacher).DistinctBy(run => run.Name).Where(run => !IsFinished(run))];

    /// <summary>All that the command trains, teachers before their students.</summary>
    public IReadOnlyList<PlannedRun> All => [.. plan.Runs.SelectMany(WithTeacher).DistinctBy(run => run.Name)];

    /// <summary>Whether a run has come to its end.</summary>
    public bool IsFinished(PlannedRun run) => records.GetValueOrDefault(run.Name)?.Results is not null;

    /// <summary>A run that has been started; null where it has not.</summary>
    public RunRecord? Find(PlannedRun run) => records.GetValueOrDefault(run.Name);

    /// <summary>The runs of a row under a variant: those asked for, and those of further seeds that are there.</summary>
    public IEnumerable<PlannedRun> RunsOf(ExperimentRow row, Variant variant)
    {
        var seeds = Enumerable.Range(0, plan.Seeds).Select(seed => (ulong)seed).Union(SeedsThere(ExperimentPlan.Cell(row, variant)))
            .Order();
        return seeds.Select(seed => plan.Run(row, variant, seed))
            .Where(run => records.ContainsKey(run.Name) || plan.Chosen.Contains(row) || IsThere(run));
    }

    /// <summary>Reads a run again.</summary>
    public void Refresh(PlannedRun run)
    {
        if (!IsThere(run)) return;
        var record = RunRecord.Load(plan.Folder.Run(run.Name));
        RequireSameOptions(record, run);
        if (records.Values.FirstOrDefault(other => other.Config.Dataset.Checksum != record.Config.Dataset.Checksum) is { } other)
        {
            throw new ArgumentException(
                $"{record.Path} learns {record.Config.Dataset.Name} of checksum {record.Config.Dataset.Checksum}, {other.Path} "
                + $"{other.Config.Dataset.Name} of checksum {other.Config.Dataset.Checksum}; an experiment has one data set");
        }

        records[run.Name] = record;
    }

    private bool IsThere(PlannedRun run) => File.Exists(Path.Combine(plan.Folder.Run(run.Name), RunRecord.ConfigFile));

    private static IEnumerable<PlannedRun> WithTeacher(PlannedRun run) => run.Teacher?.Run is { } teacher ? [teacher, run] : [run];

    private IEnumerable<ulong> SeedsThere(string cell)
    {
        string prefix = cell + "-seed";
        if (!Directory.Exists(plan.Folder.Runs)) yield break;
        foreach (string folder in Directory.EnumerateDirectories(plan.Folder.Runs, prefix + "*"))
        {
            string seed = Path.GetFileName(folder)[prefix.Length..];
            if (ulong.TryParse(seed, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number)) yield return number;
        }
    }

    private static void RequireSameOptions(RunRecord record, PlannedRun run)
    {
        // What a run of an earlier version does not know, it did as is the default.
        var (recorded, planned) = (record.Config.ToSpec(), run.Spec.Settled);
        var differing = RunSettings.Differing(recorded, planned).Where(setting => !setting.MayChange || setting == RunSettings.Epochs);
        if (differing.OrderBy(setting => setting.Key, StringComparer.Ordinal).FirstOrDefault() is not { } setting) return;
        throw new ArgumentException(
            $"{record.Path} was started {OptionNames.With(setting, recorded)}, "
            + $"this command would start it {OptionNames.With(setting, planned)}; choose another --output-dir, or delete that folder");
    }
}
