using static Idsnn.Training.RunSetting;

namespace Idsnn.Training;

/// <summary>
/// The settings of a training: for each member of <see cref="RunSpec"/> its name in config.json, what it is in words, and the member.
/// A new member is a line here.
/// </summary>
public static class RunSettings
{
    /// <summary>Settings that code or messages speak of by themselves.</summary>
    public static readonly RunSetting
        Stage = Of("stage", "the stage", s => s.Stage),
        Dataset = Of("dataset", "the data set", s => s.Data.Name),
        DataPath = PathOf("data-path", "the data's folder", s => s.Data.Path),
        ImageSize = Of("image-size", "the image size", s => s.Data.ImageSize),
        LimitTrain = Of("limit-train", "the limit of training images", s => s.Data.LimitTrain),
        LimitTest = Of("limit-test", "the limit of test images", s => s.Data.LimitTest),
        Workers = FreeOf("workers", "the number of workers", s => s.Data.Workers),
        Teacher = Of("teacher", "the teacher's network", s => s.Teacher.Model),
        TeacherEpochs = Of("teacher-epochs", "the teacher's number of epochs", s => s.Teacher.Epochs),
        TeacherCheckpoint = PathOf("teacher-checkpoint", "the teacher's checkpoint", s => s.Teacher.Checkpoint),
        Width = Of("width", "the network's width", s => s.Student.Width),
        Timesteps = Of("timesteps", "the student's number of time-steps", s => s.Student.Timesteps),
        Decay = Of("decay", "the membrane decay", s => s.Student.Neuron.Decay),
        Threshold = Of("threshold", "the firing threshold", s => s.Student.Neuron.Threshold),
        SurrogateWidth = Of("surrogate-width", "the width of the surrogate", s => s.Student.Neuron.SurrogateWidth),
        Init = Of("init", "the student's start from the teacher", s => s.Start.Mapping, none: "none"),
        GammaStart = Of("bn-gamma", "batch-norm's γ at the start", s => s.Start.Gamma),
        StudentCheckpoint = PathOf("student-checkpoint", "the student's checkpoint", s => s.Start.Checkpoint),
        Alpha = Of("kd-alpha", "the distillation's weight", s => s.Objective.Alpha),
        Temperature = Of("kd-temperature", "the distillation's temperature", s => s.Objective.Temperature),
        Features = Of("kd-features", "the weight of the features", s => s.Objective.FeatureWeight),
        LabelSmoothing = Of("label-smoothing", "the label smoothing", s => s.Objective.LabelSmoothing),
        Epochs = FreeOf("epochs", "the number of epochs", s => s.Epochs),
        BatchSize = Of("batch-size", "the batch size", s => s.BatchSize, none: "auto"),
        Rate = Of("lr", "the learning rate", s => s.Rate.Base),
        Warmup = Of("warmup-epochs", "the warm-up", s => s.Rate.WarmupEpochs),
        Momentum = Of("momentum", "the momentum", s => s.Optimizer.Momentum),
        Beta1 = Of("beta1", "the decay of averaged gradients", s => s.Optimizer.Beta1),
        Beta2 = Of("beta2", "the decay of averaged squares", s => s.Optimizer.Beta2),
        Epsilon = Of("epsilon", "AdamW's ε", s => s.Optimizer.Epsilon),
        WeightDecay = Of("weight-decay", "the weight decay", s => s.Optimizer.WeightDecay),
        ClipNorm = Of("clip-norm", "the norm that gradients are clipped to", s => s.Optimizer.ClipNorm),
        AverageDecay = Of("ema", "the decay of averaged weights", s => s.AverageDecay),
        Cutout = Of("cutout", "the side of Cutout's square", s => s.Augmentation.Cutout),
        CutMix = Of("cutmix", "the probability of CutMix", s => s.Augmentation.CutMix),
        Device = FreeOf("device", "the device", s => s.DeviceName),
        MacEnergy = FreeOf("mac-pj", "the energy of a multiply-accumulate", s => s.Energy.MacPicojoules),
        AccumulateEnergy = FreeOf("ac-pj", "the energy of an accumulate", s => s.Energy.AccumulatePicojoules),
        CheckpointMinutes = FreeOf("checkpoint-minutes", "the minutes between saves", s => s.CheckpointMinutes);

    /// <summary>All settings.</summary>
    public static IReadOnlyList<RunSetting> All { get; } =
    [
        Stage,
        Of("recipe", "the recipe", s => s.Recipe),
        Of("model", "the student's network", s => s.Student.Model),
        Width,
        Timesteps,
        Of("neuron", "the kind of neuron", s => s.Student.Neuron.Kind),
        Decay,
        Of("initial-membrane", "the initial membrane", s => s.Student.Neuron.InitialMembrane),
        Threshold,
        Of("fires-at-threshold", "firing at the threshold", s => s.Student.Neuron.FiresAtThreshold),
        Of("surrogate", "the surrogate", s => s.Student.Neuron.Surrogate),
        SurrogateWidth,
        Of("reset", "the reset", s => s.Student.Neuron.Reset),
        Of("attach-reset", "the gradient through the reset", s => s.Student.Neuron.AttachReset),
        Of("encoder", "the encoder", s => s.Student.Encoder),
        Of("stem-padding", "the padding of the stem", s => s.Student.StemPadding),
        Of("pooling", "the pooling", s => s.Pooling),
        Teacher,
        Of("teacher-width", "the teacher's width", s => s.Teacher.Width),
        TeacherEpochs,
        TeacherCheckpoint,
        Init,
        Of("shortcuts", "the start of the shortcuts", s => s.Start.Shortcuts),
        GammaStart,
        StudentCheckpoint,
        Dataset,
        DataPath,
        ImageSize,
        LimitTrain,
        LimitTest,
        Workers,
        Of("augment", "the augmentation", s => s.Augmentation.Kind),
        Cutout,
        CutMix,
        Alpha,
        Temperature,
        Features,
        LabelSmoothing,
        Of("per-step", "the losses of each time-step", s => s.Objective.PerStep),
        Rate,
        Of("schedule", "the schedule", s => s.Rate.Kind),
        Of("lr-milestones", "the milestones of the learning rate", s => s.Rate.Milestones, none: NoNumbers),
        Warmup,
        Of("optimizer", "the optimizer", s => s.Optimizer.Kind),
        Momentum,
        Beta1,
        Beta2,
        Epsilon,
        WeightDecay,
        Of("nesterov", "Nesterov's momentum", s => s.Optimizer.Nesterov),
        Of("no-vector-decay", "the weight decay of vectors", s => !s.Optimizer.DecayVectors),
        ClipNorm,
        Epochs,
        BatchSize,
        AverageDecay,
        Of("on-nonfinite", "what happens at a step that is not finite", s => s.OnNonFinite),
        Of("seed", "the seed", s => s.Seed),
        Device,
        Of("precision", "the precision", s => s.Precision),
        MacEnergy,
        AccumulateEnergy,
        CheckpointMinutes,
    ];

    /// <summary>The setting of a name; null where there is none.</summary>
    public static RunSetting? Find(string key) => All.FirstOrDefault(setting => setting.Key == key);

    /// <summary>Every setting that a training has, with its value, as config.json keeps them.</summary>
    public static SortedDictionary<string, string> Write(RunSpec spec)
    {
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var setting in All)
        {
            if (setting.Text(spec) is { } text) values.Add(setting.Key, text);
        }

        return values;
    }

    /// <summary>The training that written settings say; what they leave out has its default.</summary>
    /// <exception cref="SettingException">A value is not one of its setting's.</exception>
    /// <exception cref="ArgumentException">There is no setting of some name.</exception>
    public static RunSpec Read(IReadOnlyDictionary<string, string> options, RunSpec? start = null) => options.Aggregate(
        start ?? new RunSpec(),
        (spec, option) => (Find(option.Key) ?? throw new ArgumentException($"there is no setting '{option.Key}'"))
            .With(spec, option.Value));

    /// <summary>The settings in which two trainings differ.</summary>
    public static IEnumerable<RunSetting> Differing(RunSpec first, RunSpec second) =>
        All.Where(setting => !string.Equals(setting.Text(first), setting.Text(second), StringComparison.OrdinalIgnoreCase));

    /// <summary>The same training with the whole paths of files and folders that are there.</summary>
    public static RunSpec WithFullPaths(RunSpec spec) => All.Where(setting => setting.IsPath).Aggregate(
        spec, (s, setting) => setting.Text(s) is { } path && Path.Exists(path) ? setting.With(s, Path.GetFullPath(path)) : s);
}
