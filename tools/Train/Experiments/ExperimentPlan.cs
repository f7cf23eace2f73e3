using Idsnn.Runs;
using Idsnn.Training;

namespace Idsnn.Tools.Train;

/// <summary>What an experiment command comes to: its runs, by their rows, variants and seeds.</summary>
internal sealed class ExperimentPlan
{
    private const string TeacherName = "teacher";
    private const int PaperTimesteps = 6;

    private readonly ExperimentVerb options;
    private readonly Dictionary<string, string> with;
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
        with = TrainOptions.Of(options.With);
        Variants = [.. VariantsOf()];
        string? file = options.TeacherCheckpoint;
        shared = file is null ? new PlannedTeacher(TeacherOf(TeacherName, null), null) : new PlannedTeacher(null, file);
        foreach (string name in Only.Except(Definition.Rows.Select(row => row.Name)))
        {
            throw new ArgumentException(
                $"--only: {Definition.Name} has no row '{name}'; it has {string.Join(", ", Definition.Rows.Select(row => row.Name))}");
        }

        Chosen = [.. Definition.Rows.Where(row => Only.Length == 0 || Only.Contains(row.Name))];
        Runs =
        [
            .. from seed in Enumerable.Range(0, Seeds)
               from variant in Variants
               from row in Chosen
               select Run(row, variant, (ulong)seed),
        ];
        foreach (var run in Runs) run.Spec.Validate();
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
        var spec = Common(row);
        spec = row.Change(Timed(spec, variant) with { Stage = RunStage.Student, Seed = seed }, Scale.Suited(variant.Epochs));
        var run = new PlannedRun($"{Cell(row, variant)}-seed{seed}", $"{row.Title}, {variant.Title}, seed {seed}", seed, spec);
        if (!spec.UsesTeacher) return run;
        return run with { Teacher = row.HasOwnTeacher ? new PlannedTeacher(TeacherOf($"{TeacherName}-{row.Name}", row), null) : shared };
    }

    /// <summary>What the folders of a row's runs under a variant begin with.</summary>
    public static string Cell(ExperimentRow row, Variant variant) => $"{row.Name}-{variant.Name}";

    /// <summary>The training of a run, with its files.</summary>
    public RunSpec SpecOf(PlannedRun run) => run.Spec with
    {
        Teacher = run.Spec.Teacher with { Checkpoint = run.Teacher is { } teacher ? CheckpointOf(teacher) : null },
    };

    /// <summary>The command that does it by itself.</summary>
    public IReadOnlyList<string> Arguments(PlannedRun run) => TrainOptions.Arguments(SpecOf(run), Folder.Run(run.Name));

    /// <summary>The checkpoint of a teacher.</summary>
    public string CheckpointOf(PlannedTeacher teacher) =>
        teacher.Checkpoint ?? Path.Combine(Folder.Run(teacher.Run!.Name), "checkpoints", "last.safetensors");

    private PlannedRun TeacherOf(string name, ExperimentRow? row)
    {
        int length = options.TeacherEpochs ?? options.Epochs ?? Scale.TeacherEpochs;
        var spec = Common(row);
        spec = spec with
        {
            Stage = RunStage.Teacher,
            Epochs = length,
            Rate = spec.Rate with { Milestones = Milestones(ExperimentDefinition.PaperSchedule, length) },
            Seed = 0,
        };
        return new PlannedRun(name, "teacher", 0, row?.Change(spec, Scale.Suited(length)) ?? spec);
    }

    private static RunSpec Timed(RunSpec spec, Variant variant) => spec with
    {
        Student = spec.Student with { Timesteps = variant.Timesteps },
        Epochs = variant.Epochs,
        Rate = spec.Rate with { Milestones = variant.Milestones },
    };

    /// <summary>What the command says for all runs, on top of the recipe of a row.</summary>
    private RunSpec Common(ExperimentRow? row)
    {
        var start = Recipes.Start(row?.Recipe ?? RunSettings.Read(with).Recipe);
        return RunSettings.Read(with, start with
        {
            Data = start.Data with
            {
                Name = Dataset,
                Path = Dataset == "synthetic" ? start.Data.Path : options.DataPath ?? start.Data.Path,
                LimitTrain = options.LimitTrain ?? Scale.TrainImages,
                LimitTest = options.LimitTest ?? Scale.TestImages,
            },
            Student = start.Student with { Width = options.Width ?? Scale.Width },
            Teacher = start.Teacher with { Model = Scale.Teacher },
            BatchSize = options.BatchSize ?? Scale.BatchSize,
            DeviceName = options.DeviceName,
        });
    }

    private IEnumerable<Variant> VariantsOf()
    {
        int[] timesteps =
        [
            .. (options.Timesteps is { } list
                ? Choice.Numbers("--timesteps", list)
                : DefaultTimesteps.Select(t => Math.Min(t, Scale.MostTimesteps))).Distinct(),
        ];
        if (timesteps.Length == 0 || timesteps.Min() < 1)
        {
            throw new ArgumentException($"--timesteps must be at least 1, got '{options.Timesteps}'");
        }

        if (!Definition.AsksConvergence)
        {
            var milestones = Milestones(ExperimentDefinition.PaperSchedule, epochs);
            return timesteps.Select(t => new Variant($"T{t}", $"T = {t}", $"T{t}", t, epochs, milestones));
        }

        if (timesteps.Length > 1)
        {
            throw new ArgumentException($"--timesteps: {Definition.Name} is about one T at a time, got {options.Timesteps}");
        }

        return Definition.Schedules.Select(OfSchedule).DistinctBy(variant => variant.Name);

        Variant OfSchedule(MilestoneSet schedule)
        {
            int length = Math.Max(1, (int)Math.Round((double)schedule.Epochs * epochs / ExperimentScale.PaperEpochs));
            var milestones = Milestones(schedule, length);
            return new Variant(
                $"T{timesteps[0]}-milestones-{string.Join('-', milestones)}",
                $"rate ÷ 10 at epochs {string.Join(", ", milestones)} of {length}",
                string.Join(',', schedule.Milestones), timesteps[0], length, milestones);
        }
    }

    /// <summary>The convergence at the paper's own scale is at its own T, which costs more than elsewhere it is worth.</summary>
    private IReadOnlyList<int> DefaultTimesteps =>
        Definition.AsksConvergence && Scale == ExperimentScale.Paper ? [PaperTimesteps] : Definition.Timesteps;

    private static IReadOnlyList<int> Milestones(MilestoneSet schedule, int length) =>
        ExperimentScale.Milestones(schedule.Milestones, schedule.Epochs, length);
}
