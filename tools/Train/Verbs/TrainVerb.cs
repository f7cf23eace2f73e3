using System.Globalization;
using CommandLine;
using CommandLine.Text;
using Idsnn.Datasets;
using Idsnn.Training;

namespace Idsnn.Tools.Train;

[Verb("train", HelpText = "Train: the whole pipeline (teacher, initialisation, distillation) or one stage of it.")]
internal sealed class TrainVerb : NetworkVerb
{
    [Option("stage", Default = "pipeline", HelpText = "pipeline, teacher or student.")]
    public string Stage { get; set; } = string.Empty;

    [Option("dataset", Default = "synthetic", HelpText = "cifar10, cifar100, folder (of image files: train/CLASS/FILE, test/CLASS/FILE) or synthetic.")]
    public string DatasetName { get; set; } = string.Empty;

    [FreeOnResume]
    [Option("data-path", Default = "data", HelpText = "Folder (or published .tar.gz) of the data set.")]
    public string DataPath { get; set; } = string.Empty;

    [Option("image-size", HelpText = "Height and width that a folder's images are scaled and cropped to; 32 if left out.")]
    public int? ImageSize { get; set; }

    [FreeOnResume]
    [Option("teacher-checkpoint", HelpText = "A trained teacher; its training is skipped.")]
    public string? TeacherCheckpoint { get; set; }

    [FreeOnResume]
    [Option("student-checkpoint", HelpText = "A network whose weights the student starts from, instead of the teacher's.")]
    public string? StudentCheckpoint { get; set; }

    [Option("init", Default = "prefix", HelpText = "Student blocks start from the teacher's: prefix, even or none.")]
    public string Init { get; set; } = string.Empty;

    [Option("shortcuts", Default = "random", HelpText = "1x1 shortcuts start random, or copy the teacher's.")]
    public string Shortcuts { get; set; } = string.Empty;

    [Option("bn-gamma", Default = 1f, HelpText = "Batch-norm's gamma at a random start (the authors': the threshold).")]
    public float GammaStart { get; set; }

    [Option("kd-alpha", Default = 0.3f, HelpText = "Weight of the distillation; 0 trains without.")]
    public float Alpha { get; set; }

    [Option("kd-temperature", Default = 4f, HelpText = "Its temperature.")]
    public float Temperature { get; set; }

    [Option("kd-features", Default = 0f, HelpText = "Weight of the distillation of pooled features; 0 trains without.")]
    public float FeatureWeight { get; set; }

    [Option("label-smoothing", Default = 0f, HelpText = "Of the student's cross-entropy.")]
    public float LabelSmoothing { get; set; }

    [Option("per-step", HelpText = "Take the student's losses at each time-step's read-out instead of their mean (TET).")]
    public bool PerStep { get; set; }

    [FreeOnResume]
    [Option("epochs", Default = 200, HelpText = "Of the student; 0 initialises and stops.")]
    public int Epochs { get; set; }

    [Option("teacher-epochs", HelpText = "Of the teacher; the student's if left out.")]
    public int? TeacherEpochs { get; set; }

    [NumberOrAuto]
    [Option('b', "batch-size", Default = "64", HelpText = "Images per step; auto: the largest power of two up to 256 that fits.")]
    public string BatchSizeText { get; set; } = string.Empty;

    [Option("lr", Default = 0.05, HelpText = "Learning rate.")]
    public double LearningRate { get; set; }

    [Option("schedule", Default = "multistep", HelpText = "multistep or cosine.")]
    public string Schedule { get; set; } = string.Empty;

    [NumberList]
    [Option("lr-milestones", Default = "60,120,160", HelpText = "Epochs at which a multistep schedule divides the rate by 10; or none.")]
    public string Milestones { get; set; } = string.Empty;

    [Option("warmup-epochs", Default = 0, HelpText = "Epochs over which the rate climbs from 0.")]
    public int WarmupEpochs { get; set; }

    [Option("optimizer", Default = "sgd", HelpText = "sgd, or adamw, which wants --lr 0.001 and --weight-decay 0.01 or so.")]
    public string Optimizer { get; set; } = string.Empty;

    [Option("momentum", Default = 0.9f, HelpText = "Of SGD.")]
    public float Momentum { get; set; }

    [Option("beta1", Default = 0.9, HelpText = "Of AdamW: decay of the average of gradients.")]
    public double Beta1 { get; set; }

    [Option("beta2", Default = 0.999, HelpText = "Of AdamW: decay of the average of their squares.")]
    public double Beta2 { get; set; }

    [Option("epsilon", Default = 1e-8f, HelpText = "Of AdamW: added to the root of that average.")]
    public float Epsilon { get; set; }

    [Option("weight-decay", Default = 1e-4f, HelpText = "SGD's L2 penalty; AdamW's decoupled decay.")]
    public float WeightDecay { get; set; }

    [Option("nesterov", HelpText = "Nesterov momentum of SGD.")]
    public bool Nesterov { get; set; }

    [Option("no-vector-decay", HelpText = "Leave batch-norm's gamma and beta and biases out of the weight decay.")]
    public bool NoVectorDecay { get; set; }

    [Option("clip-norm", Default = 0f, HelpText = "Scale gradients down whose norm, of all parameters together, is above this; 0: never.")]
    public float ClipNorm { get; set; }

    [Option("on-nonfinite", Default = "stop", HelpText = "At a step whose loss or gradients are not finite: stop, or skip it and go on.")]
    public string NonFinite { get; set; } = string.Empty;

    [Option("ema", Default = 0f, HelpText = "Decay of a moving average of weights, which is what is tested and kept; 0: none.")]
    public float AverageDecay { get; set; }

    [Option("augment", Default = "cropflip", HelpText = "none, cropflip, or with it autoaugment or randaugment.")]
    public string Augment { get; set; } = string.Empty;

    [Option("cutout", Default = 0, HelpText = "Side of a square that is cut out of each image; 0: none.")]
    public int Cutout { get; set; }

    [Option("cutmix", Default = 0f, HelpText = "Probability that a batch's images are mixed by CutMix.")]
    public float CutMix { get; set; }

    [Option("recipe", Default = "paper", HelpText = "paper, or strong: what the field has learned since; options given beside it win.")]
    public string RecipeName { get; set; } = string.Empty;

    [Option("limit-train", HelpText = "Use the first so many training images.")]
    public int? LimitTrain { get; set; }

    [Option("limit-test", HelpText = "Use the first so many test images.")]
    public int? LimitTest { get; set; }

    [FreeOnResume]
    [Option("workers", Default = 2, HelpText = "Threads that prepare batches; results do not depend on them.")]
    public int Workers { get; set; }

    [FreeOnResume]
    [Option("mac-pj", Default = 4.6, HelpText = "Picojoules of a multiply-accumulate, for the energy estimate.")]
    public double MacPicojoules { get; set; }

    [FreeOnResume]
    [Option("ac-pj", Default = 0.9, HelpText = "Picojoules of an accumulate.")]
    public double AccumulatePicojoules { get; set; }

    [CommandLineOnly]
    [Option("output-dir", HelpText = "Where results go; runs/<time>-<model> if left out.")]
    public string? OutputDirectory { get; set; }

    [FreeOnResume]
    [Option("checkpoint-minutes", Default = 5.0, HelpText = "How often to save what a run can be resumed from, beside every epoch; 0: not.")]
    public double CheckpointMinutes { get; set; }

    [CommandLineOnly]
    [Option("config", HelpText = "JSON file of options by their long names, such as a run's config.json; those given here win.")]
    public string? ConfigFile { get; set; }

    [CommandLineOnly]
    [Option("dry-run", HelpText = "Try one batch of each stage, print the plan with memory and time, and leave nothing behind.")]
    public bool DryRun { get; set; }

    [CommandLineOnly]
    [Option("resume", HelpText = "Go on with a run: last (the newest in runs/), its folder, or a checkpoint in it.")]
    public string? Resume { get; set; }

    [Usage(ApplicationAlias = "dotnet run -c Release --project tools/Train --")]
    public static IEnumerable<Example> Examples =>
    [
        new("The whole pipeline on CIFAR-10, narrow", new TrainVerb { DatasetName = "cifar10", DataPath = "data", Width = 8, Epochs = 5 }),
        new("What that would take", new TrainVerb { DatasetName = "cifar10", DataPath = "data", Width = 8, Epochs = 5, DryRun = true }),
        new("Go on with the newest run", new TrainVerb { Resume = "last" }),
    ];

    public override Presets? ReadPresets(OptionTable options)
    {
        Check(Resume is null || ConfigFile is null, $"--resume takes its options from the run; leave --config out");
        Check(Resume is null || !DryRun, $"--dry-run plans a new run; leave --resume out");
        if (Resume is not null) return ResumedRun.ReadPresets(Resume, options);
        var ignored = new List<string>();
        var values = ConfigFile is null ? [] : OptionFile.Load(ConfigFile, options, ignored);
        string recipe = RecipeName == Recipe.Default ? values.GetValueOrDefault("recipe", Recipe.Default) : RecipeName;
        foreach (var (option, value) in Recipe.Options(recipe)) values.TryAdd(option, value);
        if (values.Count == 0 && ignored.Count == 0) return null;
        return new Presets(ConfigFile ?? $"--recipe {recipe}", values, Binding: false)
        {
            Warnings = [.. ignored.Select(key => $"{ConfigFile}: '{key}' stands beside \"options\" and is passed over; move it into them")],
        };
    }

    public override int Run(Session session) => DryRun ? new DryRun(this, session).Run() : new TrainRun(this, session).Run();

    /// <summary>Whether the batch size is still to be chosen.</summary>
    public bool ChoosesBatchSize => BatchSizeText.Equals("auto", StringComparison.OrdinalIgnoreCase);

    /// <summary>Images per step; where the number is still to be chosen, the largest that may be.</summary>
    public int BatchSize => ChoosesBatchSize ? MemoryCheck.LargestAuto
        : int.TryParse(BatchSizeText, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) ? number
        : throw new ArgumentException($"--batch-size: '{BatchSizeText}' is not a whole number of at most nine digits, or auto");

    /// <summary>Chooses it; from 1 on.</summary>
    public void ChooseBatchSize(int number) => BatchSizeText = Math.Max(number, 1).ToString(CultureInfo.InvariantCulture);

    /// <summary>How the teacher is trained.</summary>
    public TrainingOptions TeacherTraining => Training(TeacherEpochs ?? Epochs, Objective.CrossEntropy);

    /// <summary>How the student is trained.</summary>
    public TrainingOptions StudentTraining => Training(Epochs, StudentObjective);

    /// <summary>What the student minimises.</summary>
    public Objective StudentObjective => new(Alpha, Temperature, LabelSmoothing, PerStep)
    {
        Further = FeatureWeight > 0f ? [new FeatureDistillation(FeatureWeight)] : [],
    };

    /// <summary>Sees that the options make sense, as far as they can be judged by themselves.</summary>
    public void Validate()
    {
        Check(Epochs >= 0, $"--epochs must be at least 0, got {Epochs}");
        Check(TeacherEpochs is null or >= 0, $"--teacher-epochs must be at least 0, got {TeacherEpochs}");
        Check(BatchSize >= 1, $"--batch-size must be at least 1, got {BatchSize}");
        Check(LearningRate > 0 && float.IsFinite((float)LearningRate), $"--lr must be above 0 and finite, got {LearningRate}");
        Check(Momentum is >= 0f and < 1f, $"--momentum must lie in [0, 1), got {Momentum}");
        Check(Beta1 is >= 0 and < 1, $"--beta1 must lie in [0, 1), got {Beta1}");
        Check(Beta2 is >= 0 and < 1, $"--beta2 must lie in [0, 1), got {Beta2}");
        Check(Epsilon > 0f && float.IsFinite(Epsilon), $"--epsilon must be above 0, got {Epsilon}");
        Check(WeightDecay >= 0f && float.IsFinite(WeightDecay), $"--weight-decay must be at least 0, got {WeightDecay}");
        Check(ClipNorm >= 0f && float.IsFinite(ClipNorm), $"--clip-norm must be at least 0, got {ClipNorm}");
        Check(Alpha >= 0f && float.IsFinite(Alpha), $"--kd-alpha must be at least 0, got {Alpha}");
        Check(FeatureWeight >= 0f && float.IsFinite(FeatureWeight), $"--kd-features must be at least 0, got {FeatureWeight}");
        Check(Temperature > 0f && float.IsFinite(Temperature), $"--kd-temperature must be above 0, got {Temperature}");
        Check(LabelSmoothing is >= 0f and < 1f, $"--label-smoothing must lie in [0, 1), got {LabelSmoothing}");
        Check(WarmupEpochs >= 0, $"--warmup-epochs must be at least 0, got {WarmupEpochs}");
        Check(
            Resume is not null || WarmupEpochs == 0 || WarmupEpochs < ShortestTraining,
            $"--warmup-epochs {WarmupEpochs} leaves a training of {ShortestTraining} epochs none at its full rate; give fewer, or 0, or train for longer");
        Check(AverageDecay is >= 0f and < 1f, $"--ema must lie in [0, 1), got {AverageDecay}");
        Check(Cutout >= 0, $"--cutout must be at least 0, got {Cutout}");
        Check(CutMix is >= 0f and <= 1f, $"--cutmix must lie in [0, 1], got {CutMix}");
        Check(Workers >= 0, $"--workers must be at least 0, got {Workers}");
        Check(GammaStart > 0f && float.IsFinite(GammaStart), $"--bn-gamma must be above 0, got {GammaStart}");
        Check(
            CheckpointMinutes >= 0 && CheckpointMinutes < TimeSpan.MaxValue.TotalMinutes,
            $"--checkpoint-minutes must be at least 0, got {CheckpointMinutes}");
        Check(MacPicojoules >= 0 && double.IsFinite(MacPicojoules), $"--mac-pj must be at least 0, got {MacPicojoules}");
        Check(AccumulatePicojoules >= 0 && double.IsFinite(AccumulatePicojoules), $"--ac-pj must be at least 0, got {AccumulatePicojoules}");
        _ = ScheduleOf(Epochs);
        _ = Augmentation;
        _ = OnNonFinite;
        _ = OptimizerOptions;
    }

    /// <summary>Epochs of the shorter of the trainings that take place; none where no training has any.</summary>
    private int ShortestTraining
    {
        get
        {
            bool teacher = !Stage.Equals(nameof(TrainStage.Student), StringComparison.OrdinalIgnoreCase) && TeacherCheckpoint is null;
            bool student = !Stage.Equals(nameof(TrainStage.Teacher), StringComparison.OrdinalIgnoreCase);
            int[] lengths = [.. teacher ? [TeacherEpochs ?? Epochs] : Array.Empty<int>(), .. student ? [Epochs] : Array.Empty<int>()];
            return lengths.Where(epochs => epochs > 0).DefaultIfEmpty(int.MaxValue).Min();
        }
    }

    private static void Check(bool holds, FormattableString message)
    {
        if (!holds) throw new ArgumentException(FormattableString.Invariant(message));
    }

    private LearningRateSchedule ScheduleOf(int epochs) => new(
        LearningRate, epochs, Choice.Parse<ScheduleKind>("--schedule", Schedule), Choice.NumbersOrNone("--lr-milestones", Milestones),
        WarmupEpochs: WarmupEpochs);

    private TrainingOptions Training(int epochs, Objective objective) => new(
        epochs,
        BatchSize,
        ScheduleOf(epochs),
        new UpdateOptions(OptimizerOptions, ClipNorm, OnNonFinite),
        objective,
        Augmentation,
        Seed,
        Workers,
        AverageDecay);

    private OptimizerOptions OptimizerOptions => Choice.Parse<OptimizerKind>("--optimizer", Optimizer) switch
    {
        OptimizerKind.AdamW => new AdamWOptions(Beta1, Beta2, Epsilon, WeightDecay, !NoVectorDecay),
        _ => new SgdOptions(Momentum, WeightDecay, Nesterov, !NoVectorDecay),
    };

    private OnNonFinite OnNonFinite => Choice.Parse<OnNonFinite>("--on-nonfinite", NonFinite);

    private Augmentation Augmentation
    {
        get
        {
            var kind = Choice.Parse<AugmentKind>("--augment", Augment);
            return (kind == AugmentKind.None ? Augmentation.None : Augmentation.CropFlip) with
            {
                Policy = kind switch
                {
                    AugmentKind.AutoAugment => new AutoAugment(),
                    AugmentKind.RandAugment => new RandAugment(),
                    _ => null,
                },
                Cutout = Cutout,
                CutMix = CutMix,
            };
        }
    }

    private enum AugmentKind
    {
        None,
        CropFlip,
        AutoAugment,
        RandAugment,
    }
}
