using CommandLine;
using CommandLine.Text;
using Idsnn.Training;

namespace Idsnn.Tools.Train;

[Verb("train", HelpText = "Train: the whole pipeline (teacher, initialisation, distillation) or one stage of it.")]
internal sealed class TrainVerb : NetworkVerb
{
    [Setting]
    [Option("stage", HelpText = "pipeline, teacher or student.")]
    public string? Stage { get; set; }

    [Setting]
    [Option("dataset", HelpText = "cifar10, cifar100, folder (of image files: train/CLASS/FILE, test/CLASS/FILE) or synthetic.")]
    public string? DatasetName { get; set; }

    [Setting]
    [Option("data-path", HelpText = "Folder (or published .tar.gz) of the data set.")]
    public string? DataPath { get; set; }

    [Setting]
    [Option("image-size", HelpText = "Height and width that a folder's images are scaled and cropped to; 32 if left out.")]
    public string? ImageSize { get; set; }

    [Setting]
    [Option("teacher-checkpoint", HelpText = "A trained teacher; its training is skipped.")]
    public string? TeacherCheckpoint { get; set; }

    [Setting]
    [Option("student-checkpoint", HelpText = "A network whose weights the student starts from, instead of the teacher's.")]
    public string? StudentCheckpoint { get; set; }

    [Setting]
    [Option("init", HelpText = "Student blocks start from the teacher's: prefix, even or none.")]
    public string? Init { get; set; }

    [Setting]
    [Option("shortcuts", HelpText = "1x1 shortcuts start random, or copy the teacher's.")]
    public string? Shortcuts { get; set; }

    [Setting]
    [Option("bn-gamma", HelpText = "Batch-norm's gamma at a random start (the authors': the threshold).")]
    public string? GammaStart { get; set; }

    [Setting]
    [Option("kd-alpha", HelpText = "Weight of the distillation; 0 trains without.")]
    public string? Alpha { get; set; }

    [Setting]
    [Option("kd-temperature", HelpText = "Its temperature.")]
    public string? Temperature { get; set; }

    [Setting]
    [Option("kd-features", HelpText = "Weight of the distillation of pooled features; 0 trains without.")]
    public string? FeatureWeight { get; set; }

    [Setting]
    [Option("label-smoothing", HelpText = "Of the student's cross-entropy.")]
    public string? LabelSmoothing { get; set; }

    [Setting]
    [Option("per-step", HelpText = "Take the student's losses at each time-step's read-out instead of their mean (TET).")]
    public string? PerStep { get; set; }

    [Setting]
    [Option("epochs", HelpText = "Of the student; 0 initialises and stops.")]
    public string? Epochs { get; set; }

    [Setting]
    [Option("teacher-epochs", HelpText = "Of the teacher; the student's if left out.")]
    public string? TeacherEpochs { get; set; }

    [Setting]
    [Option('b', "batch-size", HelpText = "Images per step; auto: the largest power of two up to 256 that fits.")]
    public string? BatchSize { get; set; }

    [Setting]
    [Option("lr", HelpText = "Learning rate.")]
    public string? LearningRate { get; set; }

    [Setting]
    [Option("schedule", HelpText = "multistep or cosine.")]
    public string? Schedule { get; set; }

    [Setting]
    [Option("lr-milestones", HelpText = "Epochs at which a multistep schedule divides the rate by 10; or none.")]
    public string? Milestones { get; set; }

    [Setting]
    [Option("warmup-epochs", HelpText = "Epochs over which the rate climbs from 0.")]
    public string? WarmupEpochs { get; set; }

    [Setting]
    [Option("optimizer", HelpText = "sgd, or adamw, which wants --lr 0.001 and --weight-decay 0.01 or so.")]
    public string? Optimizer { get; set; }

    [Setting]
    [Option("momentum", HelpText = "Of SGD.")]
    public string? Momentum { get; set; }

    [Setting]
    [Option("beta1", HelpText = "Of AdamW: decay of the average of gradients.")]
    public string? Beta1 { get; set; }

    [Setting]
    [Option("beta2", HelpText = "Of AdamW: decay of the average of their squares.")]
    public string? Beta2 { get; set; }

    [Setting]
    [Option("epsilon", HelpText = "Of AdamW: added to the root of that average.")]
    public string? Epsilon { get; set; }

    [Setting]
    [Option("weight-decay", HelpText = "SGD's L2 penalty; AdamW's decoupled decay.")]
    public string? WeightDecay { get; set; }

    [Setting]
    [Option("nesterov", HelpText = "Nesterov momentum of SGD.")]
    public string? Nesterov { get; set; }

    [Setting]
    [Option("no-vector-decay", HelpText = "Leave batch-norm's gamma and beta and biases out of the weight decay.")]
    public string? NoVectorDecay { get; set; }

    [Setting]
    [Option("clip-norm", HelpText = "Scale gradients down whose norm, of all parameters together, is above this; 0: never.")]
    public string? ClipNorm { get; set; }

    [Setting]
    [Option("on-nonfinite", HelpText = "At a step whose loss or gradients are not finite: stop, or skip it and go on.")]
    public string? NonFinite { get; set; }

    [Setting]
    [Option("ema", HelpText = "Decay of a moving average of weights, which is what is tested and kept; 0: none.")]
    public string? Ema { get; set; }

    [Setting]
    [Option("augment", HelpText = "none, cropflip, or with it autoaugment or randaugment.")]
    public string? Augment { get; set; }

    [Setting]
    [Option("cutout", HelpText = "Side of a square that is cut out of each image; 0: none.")]
    public string? Cutout { get; set; }

    [Setting]
    [Option("cutmix", HelpText = "Probability that a batch's images are mixed by CutMix.")]
    public string? CutMix { get; set; }

    [Setting]
    [Option("recipe", HelpText = "paper, or strong: what the field has learned since; options given beside it win.")]
    public string? Recipe { get; set; }

    [Setting]
    [Option("limit-train", HelpText = "Use the first so many training images.")]
    public string? LimitTrain { get; set; }

    [Setting]
    [Option("limit-test", HelpText = "Use the first so many test images.")]
    public string? LimitTest { get; set; }

    [Setting]
    [Option("workers", HelpText = "Threads that prepare batches; results do not depend on them.")]
    public string? Workers { get; set; }

    [Setting]
    [Option("mac-pj", HelpText = "Picojoules of a multiply-accumulate, for the energy estimate.")]
    public string? MacPicojoules { get; set; }

    [Setting]
    [Option("ac-pj", HelpText = "Picojoules of an accumulate.")]
    public string? AccumulatePicojoules { get; set; }

    [Option("output-dir", HelpText = "Where results go; runs/<time>-<model> if left out.")]
    public string? OutputDirectory { get; set; }

    [Setting]
    [Option("checkpoint-minutes", HelpText = "How often to save what a run can be resumed from, beside every epoch; 0: not.")]
    public string? CheckpointMinutes { get; set; }

    [Option("config", HelpText = "JSON file of options by their long names, such as a run's config.json; those given here win.")]
    public string? ConfigFile { get; set; }

    [Option("dry-run", HelpText = "Try one batch of each stage, print the plan with memory and time, and leave nothing behind.")]
    public bool DryRun { get; set; }

    [Option("resume", HelpText = "Go on with a run: last (the newest in runs/), its folder, or a checkpoint in it.")]
    public string? Resume { get; set; }

    [Usage(ApplicationAlias = "dotnet run -c Release --project tools/Train --")]
    public static IEnumerable<Example> Examples =>
    [
        new("The whole pipeline on CIFAR-10, narrow", Narrow(dryRun: false)),
        new("What that would take", Narrow(dryRun: true)),
        new("Go on with the newest run", new TrainVerb { Resume = "last" }),
    ];

    /// <summary>The options of a training.</summary>
    internal static OptionTable Options { get; } = new("train", [typeof(TrainVerb)]);

    /// <summary>The training that is asked for: what is given wins over the file, that over the recipe, that over defaults.</summary>
    /// <param name="warn">Takes a line about each key of the file that is passed over.</param>
    public RunSpec Read(Action<string> warn)
    {
        var ignored = new List<string>();
        var file = ConfigFile is null ? [] : OptionFile.Load(ConfigFile, Options, ignored);
        foreach (string key in ignored) warn($"{ConfigFile}: '{key}' stands beside \"options\" and is passed over; move it into them");
        var given = Given();
        var recipe = RunSettings.Read(given, RunSettings.Read(file)).Recipe;
        return RunSettings.Read(given, RunSettings.Read(file, Recipes.Start(recipe)));
    }

    public override int Run(Session session)
    {
        if (Resume is null)
        {
            var spec = Read(session.Warn);
            return DryRun ? new DryRun(spec, session).Run() : new TrainRun(spec, session).Run(OutputDirectory);
        }

        if (ConfigFile is not null) throw new ArgumentException("--resume takes its options from the run; leave --config out");
        if (DryRun) throw new ArgumentException("--dry-run plans a new run; leave --resume out");
        string path = ResumeTarget.Find(Resume);
        if (OutputDirectory is not null && Path.GetFullPath(OutputDirectory) != Path.GetFullPath(path))
        {
            throw new ArgumentException($"--resume goes on in {path}; leave --output-dir out");
        }

        var resumed = new ResumedRun(path, started => RunSettings.Read(Given(), started));
        return new TrainRun(resumed.Spec, session).Run(resumed);
    }

    private static TrainVerb Narrow(bool dryRun) =>
        new() { DatasetName = "cifar10", DataPath = "data", Width = "8", Epochs = "5", DryRun = dryRun };
}
