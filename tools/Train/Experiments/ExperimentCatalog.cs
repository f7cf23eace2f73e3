using Idsnn.Models;
using Idsnn.Training;

namespace Idsnn.Tools.Train;

/// <summary>The experiments there are. Where a row says nothing, train's defaults hold, which are the paper's.</summary>
internal static class ExperimentCatalog
{
    private static readonly RunSpec Defaults = new(), Strong = Recipes.Start(Training.Recipe.Strong);

    private static readonly ExperimentRow Baseline = new("baseline", "Baseline", (s, _) => Method(s, null, 0f));

    // The authors' distillation: α 0.5 by itself, the default with the initialisation.
    private static readonly ExperimentRow Distilled = new("kd", "+ distillation", (s, _) => Method(s, null, 0.5f), Baseline.Name);

    private static readonly ExperimentRow Whole = new("idsnn", "IDSNN", (s, _) => Idsnn(s), Baseline.Name);

    private static readonly ExperimentDefinition Ablation = new(
        "ablation", "What initialisation and distillation bring",
        "The paper’s Table 3: the same spiking network trained plainly, started from the teacher, taught by it, and both.",
        "cifar10", 3,
        [Baseline, new("init", "+ initialisation", (s, _) => Method(s, Defaults.Start.Mapping, 0f), Baseline.Name), Distilled, Whole])
    {
        Timesteps = [4, 6],
    };

    // The paper does not say for how long the earlier milestones were trained; 100 epochs hold every best epoch of its table.
    private static readonly ExperimentDefinition Convergence = new(
        "convergence", "How fast the networks converge",
        "The paper’s Table 4 and Figure 5: the learning rate falls ever earlier; which network is first at the plain one’s best accuracy?",
        "cifar100", 3, [Baseline, Distilled, Whole])
    {
        Schedules = [ExperimentDefinition.PaperSchedule, new([20, 40, 60], 100), new([10, 20, 30], 100)],
    };

    private static readonly ExperimentDefinition Timesteps = new(
        "timesteps", "What time-steps bring and cost",
        "Accuracy, firing rate, energy and time of an image at each T: one network trained once and run at others, and one trained at "
            + "each.",
        "cifar10", 1, [Whole with { Against = null }])
    {
        Timesteps = [1, 2, 3, 4, 5, 6, 7, 8],
        EvaluatesTimesteps = true,
    };

    private static readonly ExperimentDefinition Recipe = new(
        "recipe", "What the field’s recipe adds",
        "IDSNN by the paper’s recipe, by the strong one, and with each of its parts alone.", "cifar10", 1,
        [
            Whole with { Title = "The paper’s recipe", Against = null },
            Part("autoaugment", "AutoAugment", (s, _) => Changing(s, a => a with { Kind = AugmentationKind.AutoAugment })),
            Part("randaugment", "RandAugment", (s, _) => Changing(s, a => a with { Kind = AugmentationKind.RandAugment })),
            Part("cutout", "Cutout", (s, _) => Changing(s, a => a with { Cutout = Strong.Augmentation.Cutout })),
            Part("cutmix", "CutMix", (s, _) => Changing(s, a => a with { CutMix = Strong.Augmentation.CutMix })),
            Part("cosine", "Cosine schedule", (s, _) => s with { Rate = s.Rate with { Kind = ScheduleKind.Cosine } }),
            Part("warmup", "Warm-up", (s, suited) => s with { Rate = s.Rate with { WarmupEpochs = suited.WarmupEpochs } }),
            Part("decay", "Weight decay 5e-4, on weights only", (s, _) => Decayed(s, Strong.Optimizer)),
            Part("per-step", "Per-step losses", (s, _) => Taught(s, o => o with { PerStep = true })),
            Part("smoothing", "Label smoothing", (s, _) => Taught(s, o => o with { LabelSmoothing = Strong.Objective.LabelSmoothing })),
            Part("ema", "Averaged weights", (s, suited) => s with { AverageDecay = suited.AverageDecay }),
            Part("strong", "The strong recipe", Scaled) with { Recipe = Training.Recipe.Strong },
            Part("strong-taught", "The strong recipe, its teacher too", Scaled) with
            {
                Recipe = Training.Recipe.Strong,
                HasOwnTeacher = true,
            },
        ]);

    private static readonly ExperimentDefinition Choices = new(
        "choices", "Choices that the paper leaves open",
        "Each against the default: how blocks are mapped, whether shortcuts are copied, where batch-norm’s γ starts, encoding, the stem.",
        "cifar10", 3,
        [
            Whole with { Against = null },
            Part("even", "Blocks mapped evenly", (s, _) => s with { Start = s.Start with { Mapping = BlockMapping.Even } }),
            Part("shortcuts", "Shortcuts copied", (s, _) => s with { Start = s.Start with { Shortcuts = ShortcutInit.Copy } }),
            Part("gamma", "γ starts at the threshold", (s, _) => AtThreshold(s)),
            Part("poisson", "Poisson encoding", (s, _) => s with { Student = s.Student with { Encoder = Encoder.Poisson } }),
            Part("padding", "Stem padding 3", (s, _) => s with { Student = s.Student with { StemPadding = 3 } }),
            Baseline,
            new("baseline-gamma", "Baseline, γ starts at the threshold", (s, _) => AtThreshold(Method(s, null, 0f)), Baseline.Name),
        ]);

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<ExperimentDefinition> All = [Ablation, Convergence, Timesteps, Recipe, Choices];

    /// <exception cref="ArgumentException">There is no such experiment.</exception>
    public static ExperimentDefinition Find(string? name)
    {
        string known = string.Join(", ", All.Select(experiment => experiment.Name));
        return All.FirstOrDefault(experiment => experiment.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw new ArgumentException(
                name is null ? $"name an experiment: {known}" : $"there is no experiment '{name}'; use {known}");
    }

    private static ExperimentRow Part(string name, string title, Func<RunSpec, Suited, RunSpec> change) =>
        new(name, title, (spec, suited) => change(Idsnn(spec), suited), Whole.Name);

    private static RunSpec Idsnn(RunSpec spec) => Method(spec, Defaults.Start.Mapping, Defaults.Objective.Alpha);

    private static RunSpec Method(RunSpec spec, BlockMapping? mapping, float alpha) => spec with
    {
        Start = spec.Start with { Mapping = mapping },
        Objective = alpha > 0f
            ? spec.Objective with { Alpha = alpha, Temperature = Defaults.Objective.Temperature }
            : spec.Objective with { Alpha = 0f },
    };

    /// <summary>The strong recipe's warm-up and average as they suit the training's length.</summary>
    private static RunSpec Scaled(RunSpec spec, Suited suited) => spec with
    {
        Rate = spec.Rate with { WarmupEpochs = suited.WarmupEpochs },
        AverageDecay = suited.AverageDecay,
    };

    private static RunSpec Changing(RunSpec spec, Func<AugmentationSpec, AugmentationSpec> change) =>
        spec with { Augmentation = change(spec.Augmentation) };

    private static RunSpec Taught(RunSpec spec, Func<ObjectiveSpec, ObjectiveSpec> change) =>
        spec with { Objective = change(spec.Objective) };

    private static RunSpec Decayed(RunSpec spec, OptimizerSpec like) =>
        spec with { Optimizer = spec.Optimizer with { WeightDecay = like.WeightDecay, DecayVectors = like.DecayVectors } };

    private static RunSpec AtThreshold(RunSpec spec) => spec with { Start = spec.Start with { Gamma = Defaults.Student.Neuron.Threshold } };
}
