using System.Globalization;
using Idsnn.Training;

namespace Idsnn.Tools.Train;

/// <summary>What an experiment command comes to: its runs, by their rows, variants and seeds.</summary>
internal sealed class ExperimentPlan
{
    private const string TeacherName = "teacher";
    private const int PaperTimesteps = 6;

    private readonly ExperimentVerb options;
    private readonly TrainOptions common;
    private readonly PlannedTeacher shared;
    private readonly int epochs;

    /// <summary>Works the command out; nothing is read yet.</summary>
    /// <exception cref="ArgumentException">Something does not make sense.</exception>
    public ExperimentPlan(ExperimentVerb options)
    {
        this.options = options;
        options.Validate();
        Definition = ExperimentCatalog.Find(options.Operands.FirstOrDefault());
        Scale = ExperimentScale.Of(options.Scale);
        epochs = options.Epochs ?? (Definition.AsksConvergence ? Scale.LongEpochs : Scale.Epochs);
        Dataset = (options.DatasetName ?? Scale.Dataset ?? Definition.PaperDataset).ToLowerInvariant();
        Folder = new ExperimentFolder(
            options.OutputDirectory ?? Path.Combine("experiments", $"{Dataset}-{Scale.Name}"), Definition.Name);
        Seeds = options.Seeds ?? Definition.Seeds;
        common = Common();
        Variants = [.. VariantsOf()];
        shared = options.TeacherCheckpoint is { } file ? new PlannedTeacher(null, file) : new PlannedTeacher(TeacherOf(TeacherName, string.Empty), null);
        foreach (string name in Only.Except(Definition.Rows.Select(row => row.Name)))
        {
            throw new ArgumentException($"--only: {Definition.Name} has no row '{name}'; it has {string.Join(", ", Definition.Rows.Select(row => row.Name))}");
        }

        Chosen = [.. Definition.Rows.Where(row => Only.Length == 0 || Only.Contains(row.Name))];
        Runs =
        [
            .. from seed in Enumerable.Range(0, Seeds)
               from variant in Variants
               from row in Chosen
               select Run(row, variant, (ulong)seed),
        ];
        foreach (var run in Runs) run.Verb.Validate();
    }

    /// <summary>The command's options.</summary>
    public ExperimentVerb Options => options;

    /// <summary>The experiment.</summary>
    public ExperimentDefinition Definition { get; }

    /// <summary>Its scale.</summary>
    public ExperimentScale Scale { get; }

    /// <summary>Where it is kept.</summary>
    public ExperimentFolder Folder { get; }

    /// <summary>What --dataset calls its data.</summary>
    public string Dataset { get; }

    /// <summary>Seeds of each row: 0, 1, ….</summary>
    public int Seeds { get; }

    /// <summary>The variants, in order.</summary>
    public IReadOnlyList<Variant> Variants { get; }

    /// <summary>The rows to be run.</summary>
    public IReadOnlyList<ExperimentRow> Chosen { get; }

    /// <summary>The students to be trained, in order: a whole table from one seed, then the next seed.</summary>
    public IReadOnlyList<PlannedRun> Runs { get; }

    /// <summary>The time-steps that networks are evaluated at, and the one at which the network that is run at all was trained.</summary>
    public (IReadOnlyList<int> All, int Base) Evaluated
    {
        get
        {
            int[] all = [.. Variants.Select(variant => variant.Timesteps)];
            return (all, all.Contains(4) ? 4 : all.Max());
        }
    }

    private string[] Only => options.Only is null
        ? []
        : options.Only.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>One run.</summary>
    public PlannedRun Run(ExperimentRow row, Variant variant, ulong seed)
    {
        var student = common
            .With("stage", "student")
            .With("timesteps", Text(variant.Timesteps))
            .With("epochs", Text(variant.Epochs))
            .With("lr-milestones", variant.Milestones)
            .With("seed", seed.ToString(CultureInfo.InvariantCulture))
            .With(Fill(row.Options, variant.Epochs));
        var run = new PlannedRun($"{Cell(row, variant)}-seed{seed}", $"{row.Title}, {variant.Title}, seed {seed}", seed, student);
        if (!PlannedRun.NeedsTeacher(run.Verb)) return run;
        return run with { Teacher = row.HasOwnTeacher ? new PlannedTeacher(TeacherOf($"{TeacherName}-{row.Name}", row.Options), null) : shared };
    }

    /// <summary>What the folders of a row's runs under a variant begin with.</summary>
    public static string Cell(ExperimentRow row, Variant variant) => $"{row.Name}-{variant.Name}";

    /// <summary>The train command of a run, with its files.</summary>
    public IEnumerable<string> Arguments(PlannedRun run) =>
        ["train", .. WithFiles(run).Arguments, "--output-dir", Folder.Run(run.Name)];

    /// <summary>The same to go on with it.</summary>
    public IEnumerable<string> ResumeArguments(PlannedRun run)
    {
        var verb = WithFiles(run).Parse();
        var free = TrainOptions.None.With("device", verb.DeviceName).With("data-path", verb.DataPath).With("teacher-checkpoint", verb.TeacherCheckpoint);
        return ["train", .. free.Arguments, "--resume", Folder.Run(run.Name)];
    }

    /// <summary>The checkpoint of a teacher.</summary>
    public string CheckpointOf(PlannedTeacher teacher) =>
        teacher.Checkpoint ?? Path.Combine(Folder.Run(teacher.Run!.Name), "checkpoints", "last.safetensors");

    private TrainOptions WithFiles(PlannedRun run) =>
        run.Options.With("teacher-checkpoint", run.Teacher is { } teacher ? CheckpointOf(teacher) : null);

    private PlannedRun TeacherOf(string name, string rowOptions)
    {
        int length = options.TeacherEpochs ?? options.Epochs ?? Scale.TeacherEpochs;
        var teacher = common
            .With("stage", "teacher")
            .With("epochs", Text(length))
            .With("lr-milestones", Milestones(ExperimentDefinition.PaperSchedule, length))
            .With("seed", "0")
            .With(Fill(rowOptions, length));
        return new PlannedRun(name, "teacher", 0, teacher);
    }

    private TrainOptions Common() => TrainOptions.None
        .With("dataset", Dataset)
        .With("data-path", Dataset == "synthetic" ? null : options.DataPath)
        .With("limit-train", Text(options.LimitTrain ?? Scale.TrainImages))
        .With("limit-test", Text(options.LimitTest ?? Scale.TestImages))
        .With("width", Text(options.Width ?? Scale.Width))
        .With("teacher", Scale.Teacher)
        .With("batch-size", Text(options.BatchSize ?? Scale.BatchSize))
        .With("device", options.DeviceName)
        .With(options.With ?? string.Empty);

    private IEnumerable<Variant> VariantsOf()
    {
        int[] timesteps =
        [
            .. (options.Timesteps is { } list
                ? Choice.Numbers("--timesteps", list)
                : DefaultTimesteps.Select(t => Math.Min(t, Scale.MostTimesteps))).Distinct(),
        ];
        if (timesteps.Length == 0 || timesteps.Min() < 1) throw new ArgumentException($"--timesteps must be at least 1, got '{options.Timesteps}'");
        if (!Definition.AsksConvergence)
        {
            string milestones = Milestones(ExperimentDefinition.PaperSchedule, epochs);
            return timesteps.Select(t => new Variant($"T{t}", $"T = {t}", $"T{t}", t, epochs, milestones));
        }

        if (timesteps.Length > 1) throw new ArgumentException($"--timesteps: {Definition.Name} is about one T at a time, got {options.Timesteps}");
        return Definition.Schedules.Select(OfSchedule).DistinctBy(variant => variant.Name);

        Variant OfSchedule(MilestoneSet schedule)
        {
            int length = Math.Max(1, (int)Math.Round((double)schedule.Epochs * epochs / ExperimentScale.PaperEpochs));
            string milestones = Milestones(schedule, length), paper = string.Join(',', schedule.Milestones);
            return new Variant(
                $"T{timesteps[0]}-milestones-{milestones.Replace(',', '-')}", $"rate ÷ 10 at epochs {milestones.Replace(",", ", ", StringComparison.Ordinal)} of {length}",
                paper, timesteps[0], length, milestones);
        }
    }

    /// <summary>The convergence at the paper's own scale is at its own T, which costs more than elsewhere it is worth.</summary>
    private IReadOnlyList<int> DefaultTimesteps =>
        Definition.AsksConvergence && Scale == ExperimentScale.Paper ? [PaperTimesteps] : Definition.Timesteps;

    private static string Milestones(MilestoneSet schedule, int length) => ExperimentScale.Milestones(schedule.Milestones, schedule.Epochs, length);

    private string Fill(string rowOptions, int length) => rowOptions
        .Replace("{warmup}", ExperimentScale.Warmup(length), StringComparison.Ordinal)
        .Replace("{ema}", Scale.AverageDecay.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string? Text(int? number) => number?.ToString(CultureInfo.InvariantCulture);
}
